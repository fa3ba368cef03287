/** Callbacks that write down how a training goes: lines of JSON, and files for TensorBoard. */
@NullMarked
package stride.train.log;

import org.jspecify.annotations.NullMarked;
