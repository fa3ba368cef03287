package stride.train;

import java.util.Map;
import stride.compute.Buffer;

/**
 * What is measured over a whole test and is no sum over its samples, as a {@link Metric} is: a
 * detector's average precision. One object measures one test.
 */
public interface TestMeasure {
  /**
   * Adds the first {@code samples} samples of a batch.
   *
   * @param outputs the network's outputs; {@link Buffer}s of gradients are not looked at
   * @param targets what the outputs should be
   * @param samples the number of samples
   */
  void add(Loss.Outputs outputs, Targets targets, int samples);

  /**
   * {@return what was measured of all samples, by names as those of metrics, the most important
   * first}
   */
  Map<String, Double> values();
}
