/**
 * Networks from the literature, each in a file that reads like its paper.
 *
 * <p>{@link stride.zoo.Zoo} finds them by name.
 */
@NullMarked
package stride.zoo;

import org.jspecify.annotations.NullMarked;
