/** Labelled images: where they come from, how they are split by patient. */
package org.drllava.clinical.data;
