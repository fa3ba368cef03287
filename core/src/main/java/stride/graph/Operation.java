package stride.graph;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes what one node computes: its kind, its shapes, its weights and what a plan may know of
 * it. Immutable. How it runs is a backend's matter; an operation of the CPU brings its step along.
 */
public interface Operation {
  /** The operation's kind in tables, messages and model files: "conv", "tanh". */
  String kind();

  /**
   * The type of the output for given inputs.
   *
   * @throws ShapeException if the operation cannot take these inputs
   */
  TensorType infer(List<TensorType> inputs);

  /**
   * Refuses another number of inputs than this operation takes.
   *
   * @throws ShapeException if there is another
   */
  default void requireInputs(List<TensorType> inputs, int count) {
    if (inputs.size() != count) {
      throw new ShapeException(
          "%s takes %d input%s, found %d"
              .formatted(kind(), count, count == 1 ? "" : "s", inputs.size()));
    }
  }

  /** The weights this operation learns, for given inputs. */
  default List<Parameter> parameters(List<TensorType> inputs) {
    return List.of();
  }

  /** The running statistics this operation keeps, for given inputs. */
  default List<RunningStatistic> statistics(List<TensorType> inputs) {
    return List.of();
  }

  /** Multiply-adds for one sample, as papers count them: those of convolutions and dense layers. */
  default long multiplyAdds(List<TensorType> inputs) {
    return 0;
  }

  /** Kernel size, stride and padding for tables; empty where there are none. */
  default String details() {
    return "";
  }

  /**
   * Whether the output is the only input's own numbers under another type, so that nothing is
   * computed.
   */
  default boolean isView() {
    return false;
  }

  /** What a plan may know of this operation. */
  default Set<Trait> traits() {
    return Set.of();
  }

  /**
   * Where this operation can be fused into the store of the operation before it, or null if it
   * cannot.
   *
   * @param batchStatistics whether normalisation uses the batch's own statistics
   * @param gradients whether there is a backward pass
   */
  default @Nullable EpiloguePart epiloguePart(boolean batchStatistics, boolean gradients) {
    return traits().contains(Trait.ELEMENTWISE) ? EpiloguePart.ACTIVATION : null;
  }
}
