/** Whether a reward can be earned without looking at the image. */
package org.drllava.clinical.audit;
