/** More train wordings for a logic, asked of a language model and kept only where they say the same. */
package org.drllava.clinical.paraphrase;
