/**
 * Where and how the command line writes: lines, tables, numbers, progress and failures.
 *
 * <p>A {@link stride.app.console.Console} is where; {@link stride.app.console.Figures} writes
 * numbers and {@link stride.app.console.Failures} the sentences for what goes wrong.
 */
@NullMarked
package stride.app.console;

import org.jspecify.annotations.NullMarked;
