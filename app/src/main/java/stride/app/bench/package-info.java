/**
 * How fast a network is: {@link stride.app.bench.Workload} is the step that is timed, {@link
 * stride.app.bench.Stopwatch} times it, {@link stride.app.bench.Timing} is what comes out.
 */
@NullMarked
package stride.app.bench;

import org.jspecify.annotations.NullMarked;
