/**
 * What people look at: charts, pictures of what a network sees, and the pages that hold them.
 *
 * <p>Loaded by the commands that draw, and by no other: the charts need AWT.
 */
@NullMarked
package stride.app.report;

import org.jspecify.annotations.NullMarked;
