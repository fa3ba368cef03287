/**
 * The speed of single kernels: JMH benchmarks, two small programs that {@code bench/compare} runs
 * from source, {@link stride.bench.Machine} and {@link stride.bench.SaveModel}, and an experiment,
 * {@link stride.bench.WinogradAccuracy}.
 */
package stride.bench;
