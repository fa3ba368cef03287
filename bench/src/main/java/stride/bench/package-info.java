/**
 * The speed of single kernels: JMH benchmarks, small programs that {@code bench/compare} and {@code
 * bench/ranks} run from source, {@link stride.bench.Machine}, {@link stride.bench.SaveModel},
 * {@link stride.bench.RankSteps} and {@link stride.bench.RankPrediction}, and an experiment, {@link
 * stride.bench.WinogradAccuracy}.
 */
package stride.bench;
