/** Files that users write, checked; files that users read, whole. */
package org.drllava.clinical.io;
