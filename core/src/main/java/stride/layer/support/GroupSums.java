package stride.layer.support;

import java.util.Arrays;
import java.util.List;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.WeightTable;

/**
 * Sums over the samples of a batch that are the same bits for any number of threads: each group of
 * samples has a partial sum of its own, and the partial sums are added up in order.
 *
 * @param partial makes the partial sums
 * @param total adds them up, after that
 */
public record GroupSums(Step.Samples partial, Step.Tasks total) {

  /** Both phases, one after the other. */
  List<Step.Phase> phases() {
    return List.of(partial, total);
  }

  /** Adds the share of the samples [from, to) to {@code sums} from {@code at} on. */
  public interface Share {
    /** Adds the share of the samples [from, to), on a worker. */
    void add(int from, int to, float[] sums, int at, int worker);
  }

  /** A total that is kept in the plan, zero at first; its reader sets it back to zero. */
  public static Buffer scratchTotal(Binding binding, int length) {
    int begin = WeightTable.ALIGNMENT_OFFSET;
    return new Buffer(binding.keepForBatch(begin + length), begin, length);
  }

  /** Adds the sum of all samples' shares, {@code length} floats, to {@code total}. */
  public static GroupSums of(Binding binding, int length, Buffer total, Share share) {
    int group = binding.groupSize();
    int step = WeightTable.aligned(length);
    int begin = WeightTable.ALIGNMENT_OFFSET;
    float[] sums = binding.keepForGroups(begin, step);
    var add = binding.kernels().elementwise();
    return new GroupSums(
        new Step.Samples(
            (from, to, worker) -> {
              for (int first = from; first < to; first += group) {
                int at = begin + first / group * step;
                Arrays.fill(sums, at, at + length, 0);
                share.add(first, Math.min(first + group, to), sums, at, worker);
              }
            }),
        Step.once(
            (task, samples, worker) -> {
              for (int first = 0; first < samples; first += group) {
                add.add(
                    total.array(),
                    total.offset(),
                    sums,
                    begin + first / group * step,
                    total.array(),
                    total.offset(),
                    length);
              }
            }));
  }
}
