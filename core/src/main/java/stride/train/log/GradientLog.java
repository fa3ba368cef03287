package stride.train.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.graph.WeightTable;
import stride.network.Network;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Progress;

/**
 * Writes one line of JSON per epoch: under "gradients", for each weight tensor of two and more
 * dimensions, the Euclidean norm of its gradient as a mean over the epoch's steps. The names are
 * those of the state dict, in the order of the layers.
 */
public final class GradientLog implements Callback {
  private final JsonLines file;
  private final List<WeightTable.WeightEntry> entries;

  /** The sum of the norms over this epoch's steps, for each tensor. */
  private final float[] sums;

  private @Nullable Progress progress;

  /**
   * Creates a log.
   *
   * @param file the file to append to
   * @param network the network that is trained
   */
  public GradientLog(Path file, Network network) {
    this.file = new JsonLines(file);
    entries =
        WeightTable.of(network.graph()).weights().stream()
            .filter(entry -> entry.parameter().shape().rank() > 1)
            .toList();
    sums = new float[entries.size()];
  }

  @Override
  public List<float[]> memory() {
    return List.of(sums);
  }

  @Override
  public void begin(Progress progress) throws IOException {
    this.progress = progress;
    file.cut(progress.epoch());
  }

  @Override
  public void step(Progress progress) {
    float[] gradients = progress.gradients();
    for (int i = 0; i < sums.length; i++) {
      var entry = entries.get(i);
      double squares = 0;
      int end = entry.offset() + entry.parameter().shape().elements();
      for (int j = entry.offset(); j < end; j++) {
        squares += (double) gradients[j] * gradients[j];
      }
      sums[i] += (float) Math.sqrt(squares);
    }
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    int steps = Objects.requireNonNull(progress).step();
    var norms = new LinkedHashMap<String, Object>();
    for (int i = 0; i < sums.length; i++) {
      norms.put(entries.get(i).name(), sums[i] / steps);
      sums[i] = 0;
    }
    file.append(Map.of("epoch", result.epoch(), "gradients", norms));
  }
}
