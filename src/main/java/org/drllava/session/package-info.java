/** Whole runs on a user's files: a model folder opened, conversations with their pictures, training with log and checkpoints. */
package org.drllava.session;
