package stride.format;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a tensor's numbers in a flat array: number (i, j, ...) at i strides[0] + j
 * strides[1] + ... Dimensions of size 1 are left out, and those that follow on each other are
 * joined.
 *
 * @param elements the product of the sizes
 * @param span one more than the place of the last number; 0 if there is none
 */
record Strided(List<Long> sizes, List<Long> strides, long elements, long span) {
  /** The most numbers that a tensor may repeat: PyTorch's expand gives strides of 0. */
  static final long MAX_REPEATED = 1 << 20;

  /** Returns the tensor of a shape and strides, or null if its span is more than 2^63 - 1. */
  static @Nullable Strided of(List<Long> shape, List<Long> strides) {
    if (shape.contains(0L)) {
      return new Strided(List.of(0L), List.of(1L), 0, 0);
    }
    var sizes = new ArrayList<Long>();
    var steps = new ArrayList<Long>();
    long elements = 1;
    long last = 0;
    try {
      for (int d = 0; d < shape.size(); d++) {
        long size = shape.get(d);
        long step = strides.get(d);
        elements = Math.multiplyExact(elements, size);
        last = Math.addExact(last, Math.multiplyExact(size - 1, step));
        if (size == 1) {
          continue;
        }
        if (!steps.isEmpty() && steps.getLast() == Math.multiplyExact(size, step)) {
          sizes.set(sizes.size() - 1, sizes.getLast() * size);
          steps.set(steps.size() - 1, step);
        } else {
          sizes.add(size);
          steps.add(step);
        }
      }
      // Numbers are 8 bytes at most.
      Math.multiplyExact(Math.addExact(last, 1), 8);
      Math.multiplyExact(elements, 8);
    } catch (ArithmeticException e) {
      return null;
    }
    return new Strided(sizes, steps, elements, last + 1);
  }

  /** Row-major without holes. */
  boolean isContiguous() {
    return sizes.isEmpty() || sizes.size() == 1 && strides.getFirst() == 1;
  }

  /** Returns the place of number {@code index}, row-major. */
  long place(long index) {
    long place = 0;
    long rest = index;
    for (int d = sizes.size() - 1; d >= 0; d--) {
      place += rest % sizes.get(d) * strides.get(d);
      rest /= sizes.get(d);
    }
    return place;
  }

  /** Returns the number of places from the first to the last of the rows that hold [from, to). */
  long hull(long from, long to) {
    long row = elements / sizes.getFirst();
    long rows = (to - 1) / row - from / row;
    long rowSpan = span - (sizes.getFirst() - 1) * strides.getFirst();
    return rows * strides.getFirst() + rowSpan;
  }
}
