/** What answers earn, and the lines of the reward command. */
package org.drllava.clinical.reward;
