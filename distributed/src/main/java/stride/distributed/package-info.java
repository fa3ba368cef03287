/**
 * The tasks of one training on several machines: how they meet, prove that they know the same
 * secret, and exchange gradients and weights over TCP. No cluster manager is needed.
 */
@NullMarked
package stride.distributed;

import org.jspecify.annotations.NullMarked;
