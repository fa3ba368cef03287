package stride.format;

import static stride.format.FormatException.quote;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.format.Pickle.Tuple;

/**
 * The tensors in a checkpoint's object, each under the keys that lead to it, joined by dots:
 * "state_dict.conv1.weight". Texts and numbers near the root become the file's strings.
 */
final class TorchContents {
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_VALUES = 1_000_000;
  private static final int DEEPEST = 16;
  private static final int LONGEST_NAME = 500;

  private static final int MAX_STRINGS = 100;
  private static final int LONGEST_STRING = 200;

  private final String file;
  private final Map<String, Place> places;
  private final Map<String, Extent> extents = new LinkedHashMap<>();
  private final Map<String, String> strings = new LinkedHashMap<>();
  private int values;

  /** The place of a storage's bytes. */
  record Place(Bytes bytes, long begin, ByteOrder order) {}

  private TorchContents(String file, Map<String, Place> places) {
    this.file = file;
    this.places = places;
  }

  /**
   * Returns the tensors and strings of a checkpoint.
   *
   * @param root the object that its pickle describes
   * @param lone the name of a tensor without a name, the only one in the file
   * @param places the places of its storages, by their keys
   */
  static TensorFile of(
      OpenFile opened, String format, Object root, String lone, Map<String, Place> places)
      throws FormatException {
    var contents = new TorchContents(opened.file().toString(), places);
    contents.walk(root instanceof TorchObjects.Tensor ? lone : "", root, 0);
    return new TensorFile(opened, format, contents.strings, contents.extents);
  }

  /** An object may contain another one many times, and itself: the number of steps is bounded. */
  private void walk(String path, Object value, int depth) throws FormatException {
    if (++values > MAX_VALUES || depth > DEEPEST) {
      throw new FormatException(
          "%s: its objects are nested more than %d deep, or more than %,d of them"
              .formatted(file, DEEPEST, MAX_VALUES));
    }
    switch (value) {
      case TorchObjects.Tensor tensor -> add(path, tensor);
      case Map<?, ?> dict -> {
        for (var entry : dict.entrySet()) {
          walk(path(path, entry.getKey()), entry.getValue(), depth + 1);
        }
      }
      case List<?> list -> walkItems(path, list, depth);
      case Tuple(var items) -> walkItems(path, items, depth);
      case String text -> string(path, text);
      case Number number -> string(path, number.toString());
      case Boolean truth -> string(path, truth.toString());
      default -> {
        // Storages without a tensor, devices, arguments: they have no name by which they could be
        // read.
      }
    }
  }

  private void walkItems(String path, List<?> items, int depth) throws FormatException {
    for (int i = 0; i < items.size(); i++) {
      walk(path(path, i), items.get(i), depth + 1);
    }
  }

  private String path(String path, Object key) throws FormatException {
    String name = String.valueOf(key);
    if (path.length() + name.length() >= LONGEST_NAME) {
      throw new FormatException(
          "%s: has a name of more than %d characters, %s"
              .formatted(file, LONGEST_NAME, quote(path.isEmpty() ? name : path)));
    }
    return path.isEmpty() ? name : path + "." + name;
  }

  private void string(String path, String value) {
    if (strings.size() < MAX_STRINGS && value.length() <= LONGEST_STRING) {
      strings.putIfAbsent(path, value);
    }
  }

  private void add(String name, TorchObjects.Tensor tensor) throws FormatException {
    var storage = tensor.storage();
    var place = places.get(storage.key());
    if (place == null) {
      throw wrong(name, "refers to the storage " + quote(storage.key()) + ", which is missing");
    }
    if (tensor.type() != storage.type() && storage.type() != StoredType.U8) {
      throw wrong(name, "is of %s in a storage of %s".formatted(tensor.type(), storage.type()));
    }
    var strided = Strided.of(tensor.shape(), tensor.strides());
    long numbers = storage.numbers() * storage.type().bytes() / tensor.type().bytes();
    if (strided == null
        || tensor.offset() > numbers
        || strided.span() > numbers - tensor.offset()) {
      throw wrong(
          name,
          "of shape %s and strides %s from number %d on reaches out of its storage of %d"
              .formatted(tensor.shape(), tensor.strides(), tensor.offset(), numbers));
    }
    if (strided.elements() > Math.max(numbers, Strided.MAX_REPEATED)) {
      throw wrong(
          name,
          "repeats the %d numbers of its storage to %d; save it with .contiguous()"
              .formatted(numbers, strided.elements()));
    }
    var extent =
        new Extent(
            new StoredTensor(name, tensor.type(), tensor.shape()),
            place.bytes(),
            place.begin() + tensor.offset() * tensor.type().bytes(),
            place.order(),
            strided);
    if (extents.put(name, extent) != null) {
      throw wrong(name, "is there twice");
    }
    if (extents.size() > MAX_TENSORS) {
      throw new FormatException(
          "%s: holds more than %,d tensors, the most that are read".formatted(file, MAX_TENSORS));
    }
  }

  private FormatException wrong(String name, String problem) {
    return new FormatException("%s: tensor %s %s".formatted(file, quote(name), problem));
  }
}
