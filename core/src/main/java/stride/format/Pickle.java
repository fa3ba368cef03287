package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a pickle, Python's format of objects, without Python's dangers: no class is looked up and no
 * code is called. The operations are those that PyTorch's files of protocols 2 to 5 are made of; a
 * global is a name that the {@link World} knows or refuses; the world also decides the result of a
 * call or a build. See Python's Lib/pickletools.py for the operations.
 *
 * <p>The result is made of {@link None}, {@link Boolean}, {@link Long}, {@link BigInteger}, {@link
 * Double}, {@link String}, byte arrays, {@link List}s, {@link Tuple}s, {@link Map}s and the world's
 * objects. It may contain itself.
 */
final class Pickle {
  /** More than any checkpoint has: about 30 operations describe a tensor. */
  private static final int MAX_OPERATIONS = 5_000_000;

  private static final int MAX_OBJECTS = 1_000_000;
  private static final int LONGEST_INTEGER = 256;

  private final String file;
  private final PickleInput in;
  private final World world;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int objects;

  /** Python's None. */
  enum None {
    NONE
  }

  /** Python's tuple. */
  record Tuple(List<Object> items) {}

  /** Resolves the names in a pickle. */
  interface World {
    /** Returns the object that a global names. */
    Object global(String module, String name) throws FormatException;

    /** Returns the result of calling or instantiating a global. */
    Object call(Object function, List<Object> arguments) throws FormatException;

    /** Sets an object's state. */
    void build(Object object, Object state) throws FormatException;

    /** Returns the object outside of the pickle that an identifier names. */
    Object persistent(Object id) throws FormatException;
  }

  private Pickle(String file, PickleInput in, World world) {
    this.file = file;
    this.in = in;
    this.world = world;
  }

  /**
   * Returns the object that a pickle describes, and leaves {@code in} after the pickle.
   *
   * @param file the file's name for messages
   * @throws FormatException if the pickle is damaged, too large, or not made of tensors
   */
  static Object read(String file, PickleInput in, World world) throws IOException {
    return new Pickle(file, in, world).run();
  }

  private Object run() throws IOException {
    for (int step = 0; step < MAX_OPERATIONS; step++) {
      int operation = in.unsignedByte();
      if (operation == '.') {
        return pop();
      }
      if (!structure(operation) && !value(operation)) {
        throw wrong(
            "has the operation 0x%02x, which checkpoints are not made of".formatted(operation));
      }
    }
    throw wrong("has more than %,d operations".formatted(MAX_OPERATIONS));
  }

  /** Runs an operation on existing values; returns whether it was one. */
  private boolean structure(int operation) throws IOException {
    switch (operation) {
      case 0x80 -> { // PROTO
        int protocol = in.unsignedByte();
        if (protocol < 2 || protocol > 5) {
          throw wrong("is of protocol %d, expected 2 to 5".formatted(protocol));
        }
      }
      case 0x95 -> in.longInteger(); // FRAME: a length that readers may ignore
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> popMark();
      case 'q' -> memo.put((long) in.unsignedByte(), peek()); // BINPUT
      case 'r' -> memo.put(in.unsignedInteger(), peek()); // LONG_BINPUT
      case 0x94 -> memo.put((long) memo.size(), peek()); // MEMOIZE
      case 'h' -> push(remembered(in.unsignedByte())); // BINGET
      case 'j' -> push(remembered(in.unsignedInteger())); // LONG_BINGET
      case 't' -> push(new Tuple(popMark()));
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case 'l' -> push(popMark());
      case 'd' -> {
        var items = popMark();
        var dict = new LinkedHashMap<Object, Object>();
        push(dict);
        putAll(dict, items);
      }
      case 'a' -> { // APPEND
        Object item = pop();
        list().add(item);
      }
      case 'e' -> { // APPENDS
        var items = popMark();
        list().addAll(items);
      }
      case 's' -> { // SETITEM
        Object value = pop();
        Object key = pop();
        put(dict(), key, value);
      }
      case 'u' -> { // SETITEMS
        var items = popMark();
        putAll(dict(), items);
      }
      case 0x90 -> popMark(); // ADDITEMS: a set's, which no tensor is in
      case 'b' -> { // BUILD
        Object state = pop();
        world.build(peek(), state);
      }
      case 'R', 0x81 -> { // REDUCE, NEWOBJ
        var arguments = arguments();
        push(world.call(pop(), arguments));
      }
      case 0x92 -> { // NEWOBJ_EX
        pop();
        var arguments = arguments();
        push(world.call(pop(), arguments));
      }
      case 'Q' -> push(world.persistent(pop())); // BINPERSID
      case 'c' -> { // GLOBAL
        String module = in.line();
        push(world.global(module, in.line()));
      }
      case 0x93 -> { // STACK_GLOBAL
        Object name = pop();
        if (!(name instanceof String text) || !(pop() instanceof String module)) {
          throw wrong("names a global by something that is not text");
        }
        push(world.global(module, text));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Runs an operation that puts a value on the stack; returns whether it was one. */
  private boolean value(int operation) throws IOException {
    switch (operation) {
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.integer());
      case 'K' -> push((long) in.unsignedByte());
      case 'M' -> push((long) in.unsignedShort());
      case 0x8A -> push(integer(in.unsignedByte())); // LONG1
      case 0x8B -> push(integer(in.unsignedInteger())); // LONG4
      case 'G' -> push(in.real());
      case 0x8C, 'U' -> push(in.text(in.unsignedByte())); // SHORT_BINUNICODE, SHORT_BINSTRING
      case 'X', 'T' -> push(in.text(in.unsignedInteger())); // BINUNICODE, BINSTRING
      case 0x8D -> push(in.text(in.longInteger())); // BINUNICODE8
      case 'C' -> push(in.bytes(in.unsignedByte())); // SHORT_BINBYTES
      case 'B' -> push(in.bytes(in.unsignedInteger())); // BINBYTES
      case 0x8E, 0x96 -> push(in.bytes(in.longInteger())); // BINBYTES8, BYTEARRAY8
      case ')' -> push(new Tuple(List.of()));
      case ']' -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case 0x8F -> push(new ArrayList<>()); // EMPTY_SET
      default -> {
        return false;
      }
    }
    return true;
  }

  private Object integer(long length) throws IOException {
    if (length > LONGEST_INTEGER) {
      throw wrong("has an integer of %,d bytes".formatted(length));
    }
    byte[] bytes = in.bytes(length);
    if (bytes.length == 0) {
      return 0L;
    }
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte b = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = b;
    }
    var integer = new BigInteger(bytes);
    return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
  }

  private void push(Object value) throws FormatException {
    if (value instanceof List || value instanceof Map || value instanceof Tuple) {
      objects++;
    }
    if (objects > MAX_OBJECTS) {
      throw wrong("has more than %,d lists and dicts".formatted(MAX_OBJECTS));
    }
    stack.add(value);
  }

  private Object peek() throws FormatException {
    int bottom = marks.isEmpty() ? 0 : marks.getLast();
    if (stack.size() <= bottom) {
      throw wrong("takes from an empty stack");
    }
    return stack.getLast();
  }

  private Object pop() throws FormatException {
    peek();
    return stack.removeLast();
  }

  private List<Object> popMark() throws FormatException {
    if (marks.isEmpty()) {
      throw wrong("takes back to a mark that it has not set");
    }
    var items = stack.subList(marks.removeLast(), stack.size());
    var copy = new ArrayList<>(items);
    items.clear();
    return copy;
  }

  private Tuple tuple(int length) throws FormatException {
    var items = new ArrayList<Object>();
    for (int i = 0; i < length; i++) {
      items.addFirst(pop());
    }
    return new Tuple(items);
  }

  private List<Object> arguments() throws FormatException {
    if (pop() instanceof Tuple(var items)) {
      return items;
    }
    throw wrong("calls something with arguments that are not a tuple");
  }

  private Object remembered(long number) throws FormatException {
    var value = memo.get(number);
    if (value == null) {
      throw wrong("remembers number %d, which it has not put away".formatted(number));
    }
    return value;
  }

  @SuppressWarnings("unchecked") // all lists are made here, of objects
  private List<Object> list() throws FormatException {
    if (peek() instanceof List<?> list) {
      return (List<Object>) list;
    }
    throw wrong("appends to something that is not a list");
  }

  @SuppressWarnings("unchecked") // all maps are made for pickles, of objects
  private Map<Object, Object> dict() throws FormatException {
    if (peek() instanceof Map<?, ?> dict) {
      return (Map<Object, Object>) dict;
    }
    throw wrong("sets an item of something that is not a dict");
  }

  private void putAll(Map<Object, Object> dict, List<Object> items) throws FormatException {
    if (items.size() % 2 != 0) {
      throw wrong("sets a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      put(dict, items.get(i), items.get(i + 1));
    }
  }

  /** Other keys, tuples for instance, might contain themselves, and name no tensor. */
  static void put(Map<Object, Object> dict, Object key, Object value) {
    if (key instanceof String || key instanceof Number || key instanceof Boolean) {
      dict.put(key, value);
    }
  }

  private FormatException wrong(String problem) {
    return new FormatException(
        "%s: its pickle %s (before byte %d)".formatted(file, problem, in.position()));
  }

  /** Returns a value's kind, for messages. */
  static String kind(Object value) {
    return switch (value) {
      case None _ -> "None";
      case String text -> quote(text);
      case Number number -> number.toString();
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a dict";
      case Tuple _ -> "a tuple";
      default -> "something else";
    };
  }
}
