/** Callbacks that record a training: lines of JSON, and files for TensorBoard. */
@NullMarked
package stride.train.log;

import org.jspecify.annotations.NullMarked;
