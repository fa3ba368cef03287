/**
 * The command line: one command, one file.
 *
 * <p>What commands share stands beside them: {@link stride.app.CommonOptions} their options, {@link
 * stride.app.Console} what they print, {@link stride.app.Failures} the sentences for what goes
 * wrong, {@link stride.app.DataSets} the data sets by name.
 */
@NullMarked
package stride.app;

import org.jspecify.annotations.NullMarked;
