/**
 * Drawn and photographed digits made to look like MNIST's: {@link stride.data.digits.Digit} is the
 * fit that models of digits are saved with.
 */
@NullMarked
package stride.data.digits;

import org.jspecify.annotations.NullMarked;
