/**
 * Pictures: reading them, and preparing them as a network takes them.
 *
 * <p>{@link stride.image.Preprocessing} describes how a model prepares a picture; the rest are its
 * parts.
 */
@NullMarked
package stride.image;

import org.jspecify.annotations.NullMarked;
