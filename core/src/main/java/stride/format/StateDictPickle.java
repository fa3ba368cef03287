package stride.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The pickle of a state dict, protocol 2: an ordered dict of tensors, the storage of the k-th of
 * which is in the file "data/k". {@link Pickle} explains the operations.
 */
final class StateDictPickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private StateDictPickle() {}

  static byte[] of(Collection<TensorSource> sources) {
    var pickle = new StateDictPickle();
    pickle.operation(0x80);
    pickle.operation(2);
    pickle.emptyDict();
    pickle.operation('(');
    int key = 0;
    for (var source : sources) {
      pickle.text(source.tensor().name());
      pickle.tensor(source.tensor(), key++);
    }
    pickle.operation('u');
    pickle.operation('.');
    return pickle.out.toByteArray();
  }

  /** _rebuild_tensor_v2(storage, first number, sizes, strides, requires_grad, hooks). */
  private void tensor(StoredTensor tensor, int key) {
    global("torch._utils", "_rebuild_tensor_v2");
    operation('(');
    operation('(');
    text("storage");
    global("torch", storage(tensor.type()));
    text(Integer.toString(key));
    text("cpu");
    integer(tensor.elements());
    operation('t');
    operation('Q');
    integer(0);
    tuple(tensor.shape());
    tuple(strides(tensor.shape()));
    operation(0x89);
    emptyDict();
    operation('t');
    operation('R');
  }

  private static List<Long> strides(List<Long> shape) {
    var strides = new ArrayList<Long>();
    long stride = 1;
    for (int d = shape.size() - 1; d >= 0; d--) {
      strides.addFirst(stride);
      // PyTorch counts an empty dimension as one.
      stride *= Math.max(shape.get(d), 1);
    }
    return strides;
  }

  private static String storage(StoredType type) {
    return switch (type) {
      case F64 -> "DoubleStorage";
      case F32 -> "FloatStorage";
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      case I64 -> "LongStorage";
      case I32 -> "IntStorage";
      case I16 -> "ShortStorage";
      case I8 -> "CharStorage";
      case U8 -> "ByteStorage";
      case BOOL -> "BoolStorage";
      case U64, U32, U16 ->
          throw new IllegalArgumentException(
              "PyTorch's checkpoints hold no tensors of type %s, but .safetensors files do"
                  .formatted(type));
    };
  }

  private void operation(int code) {
    out.write(code);
  }

  private void global(String module, String name) {
    operation('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void emptyDict() {
    global("collections", "OrderedDict");
    operation(')');
    operation('R');
  }

  private void tuple(List<Long> numbers) {
    operation('(');
    numbers.forEach(this::integer);
    operation('t');
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    operation('X');
    out.writeBytes(number(Integer.BYTES).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  private void integer(long value) {
    if (value == (int) value) {
      operation('J');
      out.writeBytes(number(Integer.BYTES).putInt((int) value).array());
    } else {
      operation(0x8A);
      operation(Long.BYTES);
      out.writeBytes(number(Long.BYTES).putLong(value).array());
    }
  }

  private static ByteBuffer number(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
