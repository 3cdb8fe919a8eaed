/** What is asked about an image, what may be answered, and how free text is read as a symbol. */
package org.drllava.clinical.logic;
