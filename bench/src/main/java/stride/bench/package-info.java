/**
 * What the kernels reach by themselves: JMH benchmarks, and two small programs that {@code
 * bench/compare} runs from source, {@link stride.bench.Machine} and {@link stride.bench.SaveModel}.
 */
package stride.bench;
