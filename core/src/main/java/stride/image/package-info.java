/**
 * Pictures: reading them, and preparing them as a network takes them.
 *
 * <p>{@link stride.image.Preprocessing} says what a model does with a picture; the rest are its
 * parts.
 */
@NullMarked
package stride.image;

import org.jspecify.annotations.NullMarked;
