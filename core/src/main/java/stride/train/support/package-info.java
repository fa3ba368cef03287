/** Checks that several rooms of {@link stride.train} share. Not exported. */
@NullMarked
package stride.train.support;

import org.jspecify.annotations.NullMarked;
