/** The files of MNIST and of data sets in its format, as they are or compressed. */
@NullMarked
package stride.data.idx;

import org.jspecify.annotations.NullMarked;
