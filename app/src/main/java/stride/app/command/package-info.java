/**
 * The commands, one file each: what it takes, what it does, what it says.
 *
 * <p>A command puts together what the other rooms have; none of them knows a command.
 */
@NullMarked
package stride.app.command;

import org.jspecify.annotations.NullMarked;
