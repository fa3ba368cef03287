/**
 * The command line: one command, one file.
 *
 * <p>What commands share stands beside them: {@link stride.app.option.CommonOptions} their options,
 * {@link stride.app.console.Console} what they print, {@link stride.app.console.Failures} the
 * sentences for what goes wrong, {@link stride.app.data.DataSource} the data that users name.
 */
@NullMarked
package stride.app;

import org.jspecify.annotations.NullMarked;
