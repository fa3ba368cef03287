/**
 * The speed of single kernels: JMH benchmarks, small programs that {@code bench/compare} and {@code
 * bench/ranks} run from source, {@link stride.bench.Machine}, {@link stride.bench.SaveModel} and
 * {@link stride.bench.RankSteps}, and an experiment, {@link stride.bench.WinogradAccuracy}.
 */
package stride.bench;
