package stride.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import stride.tensor.Shape;

/**
 * A tensor to be written.
 *
 * @param tensor its name, type and shape
 * @param content writes exactly its bytes, little-endian and row-major
 */
record TensorSource(StoredTensor tensor, AtomicFiles.Content content) {
  private static final int CHUNK_BYTES = 1 << 16;

  static TensorSource floats(String name, Shape shape, float[] values) {
    requireCount(name, shape, values.length);
    return floats(name, shape, values, 0);
  }

  static TensorSource floats(String name, Shape shape, float[] values, int offset) {
    int count = shape.elements();
    Objects.checkFromIndexSize(offset, count, values.length);
    return new TensorSource(
        new StoredTensor(name, StoredType.F32, sizes(shape)),
        out -> {
          var chunk = chunk();
          int most = CHUNK_BYTES / Float.BYTES;
          for (int done = 0; done < count; done += most) {
            int now = Math.min(most, count - done);
            chunk.asFloatBuffer().put(values, offset + done, now);
            out.write(chunk.array(), 0, now * Float.BYTES);
          }
        });
  }

  static TensorSource longs(String name, Shape shape, long... values) {
    requireCount(name, shape, values.length);
    return new TensorSource(
        new StoredTensor(name, StoredType.I64, sizes(shape)),
        out -> {
          var chunk = chunk();
          int most = CHUNK_BYTES / Long.BYTES;
          for (int done = 0; done < values.length; done += most) {
            int now = Math.min(most, values.length - done);
            chunk.asLongBuffer().put(values, done, now);
            out.write(chunk.array(), 0, now * Long.BYTES);
          }
        });
  }

  static TensorSource copy(String name, Extent from) {
    var type = from.tensor().type();
    long elements = from.tensor().elements();
    int most = CHUNK_BYTES / type.bytes();
    return new TensorSource(
        new StoredTensor(name, type, from.tensor().shape()),
        out -> {
          var chunk = chunk();
          for (long done = 0; done < elements; done += most) {
            int now = (int) Math.min(most, elements - done);
            from.read(
                done,
                now,
                (read, _, count) -> {
                  littleEndian(read, type.bytes(), count, chunk);
                  out.write(chunk.array(), 0, count * type.bytes());
                });
          }
        });
  }

  /** Adds this tensor to those of a file. */
  void addTo(Map<String, TensorSource> others) {
    if (others.putIfAbsent(tensor.name(), this) != null) {
      throw new IllegalArgumentException("two tensors are named " + tensor.name());
    }
  }

  private static void littleEndian(ByteBuffer read, int each, int count, ByteBuffer into) {
    switch (each) {
      case 1 -> into.put(0, read, 0, count);
      case 2 -> into.asShortBuffer().put(0, read.asShortBuffer(), 0, count);
      case 4 -> into.asIntBuffer().put(0, read.asIntBuffer(), 0, count);
      default -> into.asLongBuffer().put(0, read.asLongBuffer(), 0, count);
    }
  }

  private static List<Long> sizes(Shape shape) {
    return IntStream.of(shape.sizes()).asLongStream().boxed().toList();
  }

  private static void requireCount(String name, Shape shape, int values) {
    if (values != shape.elements()) {
      throw new IllegalArgumentException(
          "%s: a tensor of shape %s has %d values, found %d"
              .formatted(name, shape, shape.elements(), values));
    }
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
