/**
 * What commands take: options that several share, and the values that they are given.
 *
 * <p>{@link stride.app.option.CommonOptions} are those of every command.
 */
@NullMarked
package stride.app.option;

import org.jspecify.annotations.NullMarked;
