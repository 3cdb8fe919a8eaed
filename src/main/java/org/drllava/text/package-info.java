/** From text to token ids and back: the tokenizer, the prompt template, and vocabularies for small models. */
package org.drllava.text;
