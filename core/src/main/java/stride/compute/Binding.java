package stride.compute;

import java.util.function.Supplier;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.Weights;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;

/**
 * What a plan binds an operation to: its buffers, its weights and the kernels. An operation fetches
 * its {@link Buffer}s once, in {@link CpuOperation#compile}, and asks them for their arrays and
 * places whenever its step runs: they have no memory before.
 *
 * <p>A plan that wants no gradient from a node does not run its backward pass, and its gradient
 * buffers are empty. Where it wants some, ask {@link #wantsInputGradient} and {@link
 * #wantsWeightGradients}. A backward pass overwrites the gradients of inputs, and adds to the
 * gradients of weights, which begin at zero.
 */
public interface Binding {
  /** The arithmetic of the backend. */
  Kernels kernels();

  /** The kernels of a convolution, chosen for this plan. */
  Convolution convolution(ConvGeometry geometry);

  /**
   * How this operation, which {@linkplain Trait#CAN_FUSE_CONSUMERS fuses what follows}, stores its
   * output: its own epilogue, followed by those that are fused into it. Call {@code get()} in every
   * run.
   */
  Supplier<Epilogue> epilogue(Epilogue own);

  /**
   * The index of the input whose producer does this operation's forward work, or -1. If it is 0 or
   * more, return a step without forward phases, with a {@link Step#epilogue}.
   */
  int fusedInput();

  /**
   * Whether this operation's backward pass must also apply the gradient of the bounds that are
   * fused into it: dy counts where the output is between the bounds of {@link #epilogue}, and is 0
   * elsewhere. If a residual sum is fused too, set dy to 0 in place during the first phase: the
   * sum's other input reads it after that.
   */
  boolean fusesGradient();

  /**
   * Runs something before the first forward pass, and before the first after each change of the
   * weights.
   */
  void onWeightsChange(Runnable refresh);

  /**
   * The epilogue to apply when the gradient of input {@code i} is written, such as adding that of
   * the edge's other readers. Call {@code get()} in every run.
   */
  Supplier<Epilogue> gradientEpilogue(int i);

  /** The largest number of samples of a run. */
  int batch();

  /**
   * Samples to a group. Sums over samples are made of one partial sum a group, so that their bits
   * do not depend on the number of threads. A phase's ranges begin at a multiple of it.
   */
  int groupSize();

  /** The number of groups in the largest batch. */
  default int groups() {
    return Math.ceilDiv(batch(), groupSize());
  }

  /** How many inputs the node has. */
  int inputs();

  /** The type of input {@code i}. */
  TensorType inputType(int i);

  /** The type of the output. */
  TensorType outputType();

  /** The values of input {@code i}. */
  Buffer input(int i);

  /** The values of the output, to be written by the forward pass. */
  Buffer output();

  /** Whether the backward pass is to write the gradient of input {@code i}. */
  boolean wantsInputGradient(int i);

  /** Whether the backward pass is to add to the gradients of the node's weights. */
  boolean wantsWeightGradients();

  /** The gradient at input {@code i}, to be written by the backward pass. */
  Buffer inputGradient(int i);

  /** The gradient at the output, to be read by the backward pass. */
  Buffer outputGradient();

  /** The operation's k-th parameter, in memory layout. */
  Buffer weight(int k);

  /** The gradient of the operation's k-th parameter; the backward pass adds to it. */
  Buffer weightGradient(int k);

  /** The operation's k-th running statistic. */
  Buffer statistic(int k);

  /** Whether normalisation uses the batch's own statistics and updates the running ones. */
  boolean batchStatistics();

  /** Whether dropout is active. */
  boolean dropout();

  /**
   * Floats that this node keeps from the forward to the backward pass, {@code perSample} for each
   * sample.
   */
  Buffer keep(int perSample);

  /** Floats that this node keeps for the whole batch: a sum for each group, say. */
  float[] keepForBatch(int floats);

  /**
   * Floats that this node keeps for the whole batch, {@code perGroup} for each group behind {@code
   * first}.
   *
   * @throws IllegalArgumentException if they are more than an array holds
   */
  default float[] keepForGroups(int first, int perGroup) {
    long floats = first + (long) groups() * perGroup;
    if (floats > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "sums of %d groups of samples with %d values each are more than an array holds: use a smaller batch"
              .formatted(groups(), perGroup));
    }
    return keepForBatch((int) floats);
  }

  /**
   * Temporary memory of at least {@code floats} for each worker. Other nodes and plans overwrite
   * it: nothing is kept from one call to the next.
   */
  Scratch scratch(int floats);

  /**
   * A packed form of the operation's weights, which the plans of a model share, packed anew when
   * the weights have changed, before the next forward pass. Ask for its floats when the plan runs.
   *
   * @param form tells apart several packings of the same parameter
   */
  Packed packed(int k, String form, int length, Weights.Packer packer);

  /** The randomness of this run for this node. */
  NodeRandom random();

  /** One worker's scratch. */
  interface Scratch {
    /** The scratch of a worker. */
    float[] of(int worker);
  }

  /** Packed weights. */
  interface Packed {
    /** The array that holds the packed form. */
    float[] data();

    /** Where the packed form begins in {@link #data}. */
    int offset();
  }

  /**
   * Random numbers that depend on the seed, the epoch, the sample's place in the epoch and the
   * node: on nothing else.
   */
  interface NodeRandom {
    /**
     * The key of sample {@code sample} of the running batch, for {@link
     * stride.tensor.CounterRandom#bits(long, long)}.
     */
    long key(int sample);
  }
}
