/** From a picture file to the pixel values that a CLIP tower reads, the same bytes that Pillow and CLIP's processor give. */
package org.drllava.image;
