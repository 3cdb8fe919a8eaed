/** The English of clinical answers: words, patterns over them, and whether what they name is asserted or denied. Knows no logic. */
package org.drllava.clinical.english;
