/** Many processes that train as one: how they find each other, what they exchange, and what happens when one is lost. */
package org.drllava.distributed;
