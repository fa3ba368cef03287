package stride.format;

import static stride.format.FormatException.quote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.format.Pickle.None;
import stride.format.Pickle.Tuple;

/**
 * The names that PyTorch's checkpoints may contain: tensors, parameters, storages, ordered dicts,
 * and a few that occur beside weights and are ignored. All others are refused. See torch/_utils.py
 * and torch/serialization.py.
 */
final class TorchObjects implements Pickle.World {
  private static final int HIGHEST_RANK = 64;
  private static final int MAX_STORAGES = 100_000;

  /**
   * The most values that calls may copy out of their arguments, which five bytes can name again and
   * again.
   */
  private static final int MAX_COPIED = 1_000_000;

  /** Storages by the class that saved them, of "torch", "torch.cuda" or "torch.storage". */
  private static final Map<String, StoredType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", StoredType.F64),
          Map.entry("FloatStorage", StoredType.F32),
          Map.entry("HalfStorage", StoredType.F16),
          Map.entry("BFloat16Storage", StoredType.BF16),
          Map.entry("LongStorage", StoredType.I64),
          Map.entry("IntStorage", StoredType.I32),
          Map.entry("ShortStorage", StoredType.I16),
          Map.entry("CharStorage", StoredType.I8),
          Map.entry("ByteStorage", StoredType.U8),
          Map.entry("BoolStorage", StoredType.BOOL),
          Map.entry("UntypedStorage", StoredType.U8));

  /** Types of numbers by their names in "torch". */
  private static final Map<String, StoredType> TYPES =
      Map.ofEntries(
          Map.entry("float64", StoredType.F64),
          Map.entry("float32", StoredType.F32),
          Map.entry("float16", StoredType.F16),
          Map.entry("bfloat16", StoredType.BF16),
          Map.entry("int64", StoredType.I64),
          Map.entry("int32", StoredType.I32),
          Map.entry("int16", StoredType.I16),
          Map.entry("int8", StoredType.I8),
          Map.entry("uint64", StoredType.U64),
          Map.entry("uint32", StoredType.U32),
          Map.entry("uint16", StoredType.U16),
          Map.entry("uint8", StoredType.U8),
          Map.entry("bool", StoredType.BOOL));

  private final String file;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private int copied;

  /**
   * @param file the file's name for messages
   */
  TorchObjects(String file) {
    this.file = file;
  }

  /** Returns the storages that the pickle names, by their keys. */
  Map<String, Storage> storages() {
    return storages;
  }

  /** A function, by its name. */
  private record Function(String name) {}

  /** An object that weights do not need: a device, a set of arguments. */
  private record Inert(String name) {}

  /** A flat array of numbers that tensors are views of. */
  record Storage(String key, StoredType type, long numbers) {}

  /**
   * A view of a storage.
   *
   * @param type of its numbers, which may differ from the storage's only where that is of bytes
   * @param offset its first number
   */
  record Tensor(
      Storage storage, StoredType type, long offset, List<Long> shape, List<Long> strides) {}

  @Override
  public Object global(String module, String name) throws FormatException {
    String full = module + "." + name;
    return switch (full) {
      case "collections.OrderedDict",
          "collections.defaultdict",
          "collections.Counter",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch._tensor._rebuild_from_type_v2",
          "torch.nn.parameter.Parameter",
          "torch.Tensor",
          "torch.Size",
          "torch.device",
          "torch.serialization._get_layout",
          "builtins.set",
          "__builtin__.set",
          "builtins.int",
          "builtins.list",
          "builtins.dict",
          "argparse.Namespace",
          "numpy.dtype",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "_codecs.encode" ->
          new Function(full);
      default -> {
        var type = typeNamed(module, name);
        if (type == null) {
          throw wrong(
              "refers to %s, which is no part of weights: it holds whole Python objects, or code;"
                      .formatted(quote(full))
                  + " load it in Python and save its state_dict() instead");
        }
        yield type;
      }
    };
  }

  private static @Nullable StoredType typeNamed(String module, String name) {
    return switch (module) {
      case "torch" -> TYPES.getOrDefault(name, STORAGES.get(name));
      case "torch.cuda", "torch.storage" -> STORAGES.get(name);
      default -> null;
    };
  }

  @Override
  public Object call(Object function, List<Object> arguments) throws FormatException {
    if (!(function instanceof Function called)) {
      throw wrong("calls something that is not a function");
    }
    return switch (called.name()) {
      case "torch._utils._rebuild_tensor" -> tensor(arguments, 4);
      case "torch._utils._rebuild_tensor_v2" -> {
        if (arguments.size() > 6 && arguments.get(6) instanceof Map<?, ?> bits && !bits.isEmpty()) {
          throw wrong("holds a tensor that is negated or conjugated when it is read");
        }
        yield tensor(arguments, 6);
      }
      case "torch._utils._rebuild_tensor_v3" -> {
        var tensor = tensor(arguments, 7);
        if (!(arguments.get(6) instanceof StoredType type)) {
          throw wrong("holds a tensor without a type");
        }
        yield new Tensor(tensor.storage(), type, tensor.offset(), tensor.shape(), tensor.strides());
      }
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter" -> {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof Tensor tensor)) {
          throw wrong("makes a parameter of something that is not a tensor");
        }
        yield tensor;
      }
      case "torch._tensor._rebuild_from_type_v2" -> {
        if (arguments.size() < 3
            || !(arguments.get(0) instanceof Function(var rebuild))
            || !rebuild.startsWith("torch._utils._rebuild_")
            || !(arguments.get(2) instanceof Tuple(var own))) {
          throw wrong("makes a tensor of something that does not describe one");
        }
        yield call(arguments.get(0), own);
      }
      case "torch.Size", "builtins.list", "builtins.dict" ->
          arguments.isEmpty() ? new Tuple(List.of()) : arguments.getFirst();
      case "collections.OrderedDict", "collections.Counter" -> dict(arguments);
      case "collections.defaultdict" -> new LinkedHashMap<>();
      default -> new Inert(called.name());
    };
  }

  /** Old files give an ordered dict its pairs at once. */
  private Object dict(List<Object> arguments) throws FormatException {
    if (!arguments.isEmpty() && arguments.getFirst() instanceof Map<?, ?> counts) {
      return counts;
    }
    var dict = new LinkedHashMap<Object, Object>();
    if (!arguments.isEmpty()) {
      for (Object pair : items(arguments.getFirst(), "pairs")) {
        var both = items(pair, "a key and a value");
        if (both.size() != 2) {
          throw wrong("has a pair of %d in a dict".formatted(both.size()));
        }
        countCopied();
        Pickle.put(dict, both.get(0), both.get(1));
      }
    }
    return dict;
  }

  /** A dict's attributes are its versions, "_metadata"; nothing else that is known has a state. */
  @Override
  public void build(Object object, Object state) throws FormatException {
    if (!(object instanceof Map || object instanceof Inert || object instanceof Tensor)) {
      throw wrong("gives a state to " + Pickle.kind(object));
    }
  }

  /**
   * ("storage", type, key, device, numbers), and in old files the part of another storage that it
   * is.
   */
  @Override
  public Object persistent(Object id) throws FormatException {
    if (!(id instanceof Tuple(var parts))
        || parts.size() < 5
        || !parts.get(0).equals("storage")
        || !(parts.get(1) instanceof StoredType type)
        || !(parts.get(4) instanceof Long numbers)) {
      throw wrong("refers to something outside of it that is not a storage of numbers");
    }
    String key =
        switch (parts.get(2)) {
          case String text -> text;
          case Long number -> number.toString();
          default -> throw wrong("has a storage whose key is " + Pickle.kind(parts.get(2)));
        };
    if (numbers < 0 || numbers > Long.MAX_VALUE / type.bytes()) {
      throw wrong("has a storage of %d numbers".formatted(numbers));
    }
    var storage = new Storage(key, type, numbers);
    var known = storages.putIfAbsent(key, storage);
    if (known != null && !known.equals(storage)) {
      throw wrong("describes its storage %s in two ways".formatted(quote(key)));
    }
    if (storages.size() > MAX_STORAGES) {
      throw wrong("has more than %,d storages".formatted(MAX_STORAGES));
    }
    return parts.size() > 5 && parts.get(5) instanceof Tuple(var view)
        ? part(storage, view)
        : storage;
  }

  /**
   * Returns a part of a storage: (key, first number, numbers). Tensors count from the part's
   * beginning.
   */
  private Object part(Storage storage, List<Object> view) throws FormatException {
    if (view.size() != 3
        || !(view.get(1) instanceof Long from)
        || !(view.get(2) instanceof Long count)
        || from < 0
        || count < 0
        || from > storage.numbers() - count) {
      throw wrong("has a view of its storage %s out of bounds".formatted(quote(storage.key())));
    }
    return new Part(storage, from);
  }

  private record Part(Storage storage, long from) {}

  private Tensor tensor(List<Object> arguments, int least) throws FormatException {
    if (arguments.size() < least || !(arguments.get(1) instanceof Long offset) || offset < 0) {
      throw wrong("holds a tensor whose description is damaged");
    }
    var shape = sizes(arguments.get(2), "sizes");
    var strides = sizes(arguments.get(3), "strides");
    if (shape.size() != strides.size()) {
      throw wrong(
          "holds a tensor of %d sizes and %d strides".formatted(shape.size(), strides.size()));
    }
    return switch (arguments.get(0)) {
      case Storage storage -> new Tensor(storage, storage.type(), offset, shape, strides);
      case Part(var storage, long from) when offset <= Long.MAX_VALUE - from ->
          new Tensor(storage, storage.type(), offset + from, shape, strides);
      default -> throw wrong("holds a tensor without a storage");
    };
  }

  private List<Long> sizes(Object value, String what) throws FormatException {
    var sizes = new ArrayList<Long>();
    for (Object size : items(value, what)) {
      if (!(size instanceof Long number) || number < 0 || sizes.size() == HIGHEST_RANK) {
        throw wrong(
            "holds a tensor whose %s are not up to %d numbers from 0 on, but have %s"
                .formatted(what, HIGHEST_RANK, Pickle.kind(size)));
      }
      countCopied();
      sizes.add(number);
    }
    return sizes;
  }

  private void countCopied() throws FormatException {
    copied++;
    if (copied > MAX_COPIED) {
      throw wrong("has more than %,d sizes and pairs".formatted(MAX_COPIED));
    }
  }

  private List<?> items(Object value, String what) throws FormatException {
    return switch (value) {
      case Tuple(var items) -> items;
      case List<?> list -> list;
      case None _ -> List.of();
      default -> throw wrong("has %s where %s should be".formatted(Pickle.kind(value), what));
    };
  }

  private FormatException wrong(String problem) {
    return new FormatException(file + ": " + problem);
  }
}
