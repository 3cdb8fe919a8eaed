/** Conversations about images: written from labels, read from and written to LLaVA's JSON. */
package org.drllava.clinical.conversation;
