/** Bone-marrow fields painted by code, so that the demo and the tests need no data. */
package org.drllava.clinical.painted;
