package stride.data;

import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Examples that a function makes; each is checked for its shapes. */
record Made(
    int size,
    IntFunction<Example> example,
    List<Shape> shapes,
    TargetType targets,
    boolean readsFiles)
    implements Examples {
  Made(int size, IntFunction<Example> example, List<Shape> shapes, TargetType targets) {
    this(size, example, shapes, targets, false);
  }

  @Override
  public Example get(int index) {
    var made = example.apply(Objects.checkIndex(index, size));
    var found = made.inputs().stream().map(Tensor::shape).toList();
    if (!found.equals(shapes)) {
      throw new IllegalArgumentException(
          "example %d has inputs of %s, example 0 has %s".formatted(index, found, shapes));
    }
    return made;
  }

  /** Returns one line with the number of samples, their shapes and targets. */
  @Override
  public String toString() {
    return "Examples of %d samples, inputs %s, targets %s".formatted(size, shapes, targets);
  }
}
