package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Binding;
import stride.compute.Step;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.graph.Initializer;
import stride.graph.Operation;
import stride.layer.Layer;
import stride.layer.Layers;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.tensor.Shape;

/** Layers of one's own in model files, and files of other versions than today's. */
class OperationTypesTest {
  @TempDir Path folder;

  /** A layer that changes nothing, whatever its settings. */
  interface Own extends PlainLayer {
    @Override
    default String kind() {
      return "own";
    }

    @Override
    default Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      return Step.perSample(
          (from, to, worker) ->
              System.arraycopy(
                  x.array(), x.at(from), y.array(), y.at(from), (to - from) * y.stride()),
          (from, to, worker) -> {});
    }
  }

  /** An enum whose constants have classes of their own. */
  enum Edge {
    ZERO {
      @Override
      int at() {
        return 0;
      }
    },
    REFLECT {
      @Override
      int at() {
        return 1;
      }
    };

    abstract int at();
  }

  record Inner(int a, @Nullable List<Size> sizes, Innermost innermost) {}

  record Innermost(double x, Edge edge) {}

  record Numbers(int a, long b, float c, double d) implements Own {}

  record Boxes(@Nullable Integer a, @Nullable Long b, @Nullable Float c, @Nullable Double d)
      implements Own {}

  record Texts(String a, @Nullable String b, boolean c, @Nullable Boolean d) implements Own {}

  record Kinds(Edge edge, Size size, Shape shape, Inner inner) implements Own {}

  record Lists(
      List<Integer> ints,
      List<Double> doubles,
      List<List<Float>> floats,
      List<Edge> edges,
      List<Inner> inner)
      implements Own {
    Lists {
      ints = List.copyOf(ints);
    }
  }

  record Initialized(Initializer first, @Nullable Initializer second, int a) implements Own {}

  record Nothing() implements Own {}

  static Stream<Own> savable() {
    var innermost = new Innermost(-0.1, Edge.REFLECT);
    var inner = new Inner(1, List.of(new Size(1, 2), new Size(3, -4)), innermost);
    return Stream.of(
        new Numbers(1, 2, 3, 4),
        new Numbers(Integer.MIN_VALUE, Long.MIN_VALUE, -0f, -0.0),
        new Numbers(Integer.MAX_VALUE, Long.MAX_VALUE, 0.1f, 0.1),
        new Numbers(0, 1L << 40, Float.MIN_VALUE, Double.MIN_VALUE),
        new Numbers(-1, -1, Float.MAX_VALUE, Double.MAX_VALUE),
        new Numbers(0, 0, 1 / 3f, 1 / 3.0),
        new Numbers(0, 0, Float.POSITIVE_INFINITY, Double.POSITIVE_INFINITY),
        new Numbers(0, 0, Float.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY),
        new Numbers(0, 0, Float.NaN, Double.NaN),
        new Numbers(0, 0, 1e10f, 1e300),
        new Boxes(1, 2L, 3f, 4.0),
        new Boxes(null, null, null, null),
        new Texts("", null, true, null),
        new Texts("a \"quoted\" name\n\t\\ \u0000 größer \uD83D\uDE00", "b", false, true),
        new Texts("infinite", "nan", false, false),
        new Kinds(Edge.ZERO, Size.square(3), Shape.of(), inner),
        new Kinds(Edge.REFLECT, new Size(1, 2), Shape.of(1, 2, 3), new Inner(0, null, innermost)),
        new Lists(List.of(), List.of(), List.of(), List.of(), List.of()),
        new Lists(
            List.of(1, -2),
            List.of(0.5, Double.NaN, Double.POSITIVE_INFINITY),
            List.of(List.of(), List.of(1f, 0.1f)),
            List.of(Edge.ZERO, Edge.REFLECT),
            List.of(inner, inner)),
        new Nothing());
  }

  @ParameterizedTest
  @MethodSource("savable")
  void aLayerOfOnesOwnComesBackWithAllItsComponents(Own layer) throws IOException {
    var model = Model.initialized(Network.of(Shape.of(2), layer), 1);
    var types = OperationTypes.standard().with(layer.getClass());
    types.requireSavable(model.network());
    Path file = folder.resolve("own.safetensors");
    model.save(file, types);
    assertEquals(model.network(), Model.load(file, types).network());
    // Writing needs no list of classes, and gives the same file.
    Path same = folder.resolve("same.safetensors");
    model.save(same);
    assertEquals(-1, Files.mismatch(file, same));
  }

  @Test
  void initialisersAreNotKept() throws IOException {
    var types = OperationTypes.standard().with(Initialized.class);
    Path file = folder.resolve("own.safetensors");
    var layer = new Initialized(new Initializer.Constant(1), null, 5);
    Model.initialized(Network.of(Shape.of(2), layer), 1).save(file);
    var read = Model.load(file, types).network().graph().nodes().getFirst().operation();
    assertEquals(new Initialized(Layers.DEFAULT_INITIALIZER, null, 5), read);
  }

  @Test
  void convolutionsComeBackWithThePaddingAndTheBiasesOfPyTorch() throws IOException {
    var network =
        Network.of(
            Shape.image(5, 5, 1), sequential(conv(2, 3).same(), conv(2, 3), flatten(), dense(2)));
    Path file = folder.resolve("model.safetensors");
    Model.initialized(network, 1).save(file);
    assertEquals(network, Model.load(file).network());
    assertFalse(metadata(file).get("stride.network").contains("null"), "what is null is left out");
  }

  // What cannot be saved.

  record Short(short a) implements Own {}

  record Array(float[] values) implements Own {}

  record Anything(Object value) implements Own {}

  record Mapped(Map<String, Integer> values) implements Own {}

  record Several(java.util.Set<Integer> values) implements Own {}

  record Wild(List<? extends Number> values) implements Own {}

  record Raw(@SuppressWarnings("rawtypes") List values) implements Own {}

  record Maybe(Optional<Integer> value) implements Own {}

  record Deep(List<Day> days) implements Own {
    record Day(DayOfWeek day, Runnable action) {}
  }

  record Endless(@Nullable Endless next) implements Own {}

  record Named(String name) implements Own {}

  record Inputs(int inputs) implements Own {}

  record Type(int type) implements Own {}

  static final class NoRecord implements Own {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Short    | Short.a cannot be saved, it is of type short; a component is an int, long
          Array    | Array.values cannot be saved, it is of type float[]
          Anything | Anything.value cannot be saved, it is of type java.lang.Object
          Mapped   | Mapped.values cannot be saved, it is of type java.util.Map<
          Several  | Several.values cannot be saved, it is of type java.util.Set<
          Wild     | Wild.values[] cannot be saved, it is of type ? extends java.lang.Number
          Raw      | Raw.values cannot be saved, it is of type java.util.List
          Maybe    | Maybe.value cannot be saved, it is of type java.util.Optional<
          Deep     | Deep.days[].action cannot be saved, it is of type java.lang.Runnable
          Endless  | Endless.next cannot be saved
          Named    | Named.name cannot be saved: a file says "name" of every layer
          Inputs   | Inputs.inputs cannot be saved: a file says "inputs" of every layer
          Type     | Type.type cannot be saved: a file says "type" of every layer
          NoRecord | NoRecord is not a record
          """)
  void whatNoFileHoldsIsRefusedWhenItsClassIsNamedAndWhenItIsSaved(String name, String expected)
      throws ReflectiveOperationException {
    var type =
        Class.forName(OperationTypesTest.class.getName() + "$" + name).asSubclass(Operation.class);
    var types = OperationTypes.standard();
    assertMessage(expected, () -> types.with(type));
    var constructor = type.getDeclaredConstructors()[0];
    var nulls = new Object[constructor.getParameterCount()];
    for (int i = 0; i < nulls.length; i++) {
      var parameter = constructor.getParameterTypes()[i];
      nulls[i] = parameter == int.class ? (Object) 0 : parameter == short.class ? (short) 0 : null;
    }
    var layer = (Layer) constructor.newInstance(nulls);
    var network = Network.of(Shape.of(2), sequential(relu(), Layers.named("mine", layer)));
    String message = assertMessage(expected, () -> types.requireSavable(network));
    assertTrue(message.startsWith("layer mine: "), message);
    Path file = folder.resolve("never.safetensors");
    assertMessage(expected, () -> Model.initialized(network, 1).save(file));
    assertFalse(Files.exists(file), "nothing is written");
  }

  /** Has the simple name of one of Stride's. */
  static final class Other {
    record Relu(float slope) implements Own {}
  }

  @Test
  void aNameThatIsTakenIsRefused() throws IOException {
    var types = OperationTypes.standard();
    assertMessage("two operations are named Relu", () -> types.with(Other.Relu.class));
    var network = Network.of(Shape.of(2), new Other.Relu(0.1f));
    String expected =
        "Relu cannot be saved as Relu, which is stride.layer.activation.Relu: give it another name,"
            + " as OperationTypes.with(\"OwnRelu\", Relu.class, Map.of()) does";
    assertMessage(expected, () -> types.requireSavable(network));
    var own = types.with("OwnRelu", Other.Relu.class, Map.of());
    Path file = folder.resolve("own.safetensors");
    Model.initialized(network, 1).save(file, own);
    assertEquals(network, Model.load(file, own).network());
  }

  // What is read.

  @Test
  void aFileWithALayerOfOnesOwnSaysHowToReadIt() throws IOException {
    Path file = folder.resolve("own.safetensors");
    var network =
        Network.of(Shape.of(2), sequential(dense(2), Layers.named("mine", new Nothing())));
    Model.initialized(network, 1).save(file);
    var e = assertThrows(FormatException.class, () -> Model.load(file));
    assertEquals(
        file
            + ": the layer \"mine\" is of the type \"Nothing\", which is none of Stride's: if it is"
            + " yours, read the file with Model.load(file,"
            + " OperationTypes.standard().with(Nothing.class))",
        e.getMessage());
  }

  record Grown(float by, int times, double power, String note, @Nullable Size window)
      implements Own {}

  @Test
  void whatAnOlderFileLacksHasTheValueThatIsGivenForIt() throws IOException {
    var missing = new HashMap<String, @Nullable Object>();
    missing.put("times", 3);
    missing.put("power", 0.5);
    missing.put("note", "none");
    missing.put("window", Size.square(2));
    var types = OperationTypes.standard().with("Grown", Grown.class, missing);
    var old =
        changed(own(new Numbers(1, 2, 3, 4)), "\"type\".*?\"d\":4.0", type("Grown", "\"by\":2"));
    assertEquals(new Grown(2, 3, 0.5, "none", Size.square(2)), first(old, types));
    // A null is told apart from what is not there.
    var none = new Grown(2, 3, 0.5, "none", null);
    Path file = folder.resolve("none.safetensors");
    Model.initialized(Network.of(Shape.of(2), none), 1).save(file, types);
    assertEquals(none, first(file, types));
  }

  private static String type(String name, String components) {
    return "\"type\":\"%s\",%s".formatted(name, components);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "a":1                                   | Numbers.b is missing
          "a":null,"b":2,"c":3.0,"d":4.0          | Numbers.a is missing
          "a":1.5,"b":2,"c":3.0,"d":4.0           | Numbers.a is a whole number, found "1.5"
          "a":2147483648,"b":2,"c":3.0,"d":4.0    | Numbers.a is a whole number, found "2147483648"
          "a":"1","b":2,"c":3.0,"d":4.0           | Numbers.a is a whole number, found "1"
          "a":1,"b":9223372036854775808,"c":3.0,"d":4.0 | Numbers.b is a whole number
          "a":1,"b":2,"c":1e39,"d":4.0            | Numbers.c is a float, found "1.0E39"
          "a":1,"b":2,"c":true,"d":4.0            | Numbers.c is a float, found "true"
          "a":1,"b":2,"c":3.0,"d":1e999           | Numbers.d is a double
          "a":1,"b":2,"c":3.0,"d":[]              | Numbers.d is a double, found "[]"
          "a":1,"b":2,"c":3.0,"d":4.0,"e":5       | Numbers has no component "e"; it has a, b, c, d
          """)
  void componentsThatDoNotFitAreNamed(String components, String expected) throws IOException {
    var file = changed(own(new Numbers(1, 2, 3, 4)), "\"a\":1.*?\"d\":4.0", components);
    var types = OperationTypes.standard().with(Numbers.class);
    var e = assertThrows(FormatException.class, () -> Model.load(file, types));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().startsWith(file + ": the network is damaged: "), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "edge":"ZERO"       | "edge":"WRAP"      | Kinds.edge is one of [ZERO, REFLECT], found "WRAP"
          "size":[3,3]        | "size":[3]         | Kinds.size is a height and a width, found "[3]"
          "shape":[2]         | "shape":[2.5]      | Kinds.shape is a shape's sizes
          "shape":[2]         | "shape":[-2]       | a shape's sizes must be at least 1, found -2
          "sizes":[[1,2]]     | "sizes":[[1,2],7]  | Kinds.inner.sizes[1] is a height and a width
          "sizes":[[1,2]]     | "sizes":[null]     | Kinds.inner.sizes is a list of values
          "sizes":[[1,2]]     | "sizes":{}         | Kinds.inner.sizes is a list, found "{}"
          "x":0.5,            | "y":0.5,           | Kinds.inner.innermost has no component "y"
          "x":0.5,            |                    | Kinds.inner.innermost.x is missing
          "inner":{           | "inner":3,"rest":{ | Kinds has no component "rest"
          """)
  void partsOfComponentsThatDoNotFitAreNamed(String part, @Nullable String instead, String expected)
      throws IOException {
    var inner = new Inner(1, List.of(new Size(1, 2)), new Innermost(0.5, Edge.REFLECT));
    var kinds = new Kinds(Edge.ZERO, Size.square(3), Shape.of(2), inner);
    var file =
        changed(own(kinds), java.util.regex.Pattern.quote(part), instead == null ? "" : instead);
    var types = OperationTypes.standard().with(Kinds.class);
    var e = assertThrows(FormatException.class, () -> Model.load(file, types));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  record Sure(List<Integer> sizes, int least) implements Own {
    Sure {
      sizes = List.copyOf(sizes);
      if (least > sizes.size()) {
        throw new IllegalArgumentException("%d sizes, %d at least".formatted(sizes.size(), least));
      }
    }
  }

  @Test
  void whatARecordRefusesIsSaidWithItsName() throws IOException {
    var file = own(new Sure(List.of(1), 1));
    var types = OperationTypes.standard().with(Sure.class);
    var none = changed(file, "\"sizes\":\\[1\\],", "");
    var e = assertThrows(FormatException.class, () -> Model.load(none, types));
    assertTrue(e.getMessage().endsWith("damaged: Sure cannot be without sizes"), e.getMessage());
    var few = changed(file, "\"least\":1", "\"least\":2");
    e = assertThrows(FormatException.class, () -> Model.load(few, types));
    assertTrue(e.getMessage().endsWith("damaged: Sure: 1 sizes, 2 at least"), e.getMessage());
    var conv = Model.initialized(Network.of(Shape.image(3, 3, 1), conv(2, 3)), 1);
    conv.save(file);
    var zero = changed(file, "\"groups\":1", "\"groups\":0");
    e = assertThrows(FormatException.class, () -> Model.load(zero));
    assertTrue(e.getMessage().contains("2 filters do not fall into 0 groups"), e.getMessage());
  }

  @Test
  void defaultsThatDoNotFitAreRefused() {
    var types = OperationTypes.standard();
    assertMessage(
        "Numbers.a is of type int, it cannot be text where it is missing",
        () -> types.with("Numbers", Numbers.class, Map.of("a", "text")));
    assertMessage(
        "Numbers.a is of type int, it cannot be null where it is missing",
        () -> types.with("Numbers", Numbers.class, Collections.singletonMap("a", null)));
    assertMessage(
        "has no component z that could be missing",
        () -> types.with("Numbers", Numbers.class, Map.of("z", 1)));
  }

  @Test
  void aClassThatWasCalledOtherwiseReadsItsOldFiles() throws IOException {
    var file = changed(own(new Nothing()), "\"Nothing\"", "\"Void\"");
    var types = OperationTypes.standard().with(Nothing.class).with("Void", Nothing.class, Map.of());
    assertEquals(new Nothing(), first(file, types));
    Path again = folder.resolve("again.safetensors");
    Model.load(file, types).save(again, types);
    assertTrue(metadata(again).get("stride.network").contains("\"Nothing\""));
  }

  // Versions of the format.

  @Test
  void filesNameTheirVersion() throws IOException {
    assertEquals("4", metadata(own(new Nothing())).get("stride.format_version"));
  }

  /** A Stride of version 2 refuses what is neither true nor false. */
  @ParameterizedTest
  @CsvSource({
    "SINGLE_LABEL, 2, false",
    "SEVERAL_LABELS, 2, true",
    "BINARY, 1, binary",
    "VALUES, 2, values",
    "BOXES, 2, boxes"
  })
  void anOlderStrideRefusesTasksThatItDoesNotKnow(Task task, int outputs, String said)
      throws IOException {
    Path file = folder.resolve("model.safetensors");
    var model = Model.initialized(Network.of(Shape.of(2), dense(outputs)), 1).withTask(task);
    model.save(file);
    assertEquals(said, metadata(file).get("stride.multi_label"));
    assertEquals(task, Model.load(file).task());
  }

  @Test
  void aNewerFileIsReadIfItHasNothingNew() throws IOException {
    var types = OperationTypes.standard().with(Nothing.class);
    var newer = withMetadata(own(new Nothing()), Map.of("stride.format_version", "99"));
    assertEquals(new Nothing(), first(newer, types));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stride.network       | "type":"Relu"  | "type":"Maxout"            | "Maxout"
          stride.network       | "type":"Relu"  | "type":"Relu","slope":0.1 | Relu has no component "slope"
          stride.preprocessing | "fit":"resize" | "fit":"pad"               | "pad"
          stride.preprocessing | "mean":        | "gamma":2.2,"mean":       | unknown entry "gamma"
          stride.task          | single-label   | points                    | unknown task "points"; there are single-label, binary,
          stride.task          | single-label   | binary                    | the task binary is one number, found 2
          """)
  void whatANewerFileHasAndWeDoNotKnowIsRefusedWithItsVersion(
      String key, String part, String instead, String expected) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.initialized(Network.of(Shape.of(2), relu()), 1).save(file);
    String text = metadata(file).get(key);
    assertTrue(text.contains(part), text);
    String changed = text.replace(part, instead);
    var today = withMetadata(file, Map.of(key, changed));
    var e = assertThrows(FormatException.class, () -> Model.load(today));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertFalse(e.getMessage().contains("version"), e.getMessage());
    var newer = withMetadata(file, Map.of(key, changed, "stride.format_version", "7"));
    e = assertThrows(FormatException.class, () -> Model.load(newer));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith(
                "(the file is of version 7 of the format, this Stride reads up to 4: use a newer"
                    + " one)"),
        e.getMessage());
  }

  @Test
  void anOlderFileSaysTrueOrFalse() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.initialized(Network.of(Shape.of(2), relu()), 1).save(file);
    assertEquals(
        Task.SINGLE_LABEL, Model.load(withMetadata(file, Map.of("stride.task", ""))).task());
    var several = Map.of("stride.task", "", "stride.multi_label", "true");
    assertEquals(Task.SEVERAL_LABELS, Model.load(withMetadata(file, several)).task());
    var some = withMetadata(file, Map.of("stride.task", "", "stride.multi_label", "some"));
    var e = assertThrows(FormatException.class, () -> Model.load(some));
    assertTrue(e.getMessage().contains("true or false, found \"some\""), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "two", "1.5", "99999999999999999999"})
  void aVersionThatIsNoneIsRefused(String version) throws IOException {
    var file = withMetadata(own(new Nothing()), Map.of("stride.format_version", version));
    var e = assertThrows(FormatException.class, () -> Model.load(file));
    assertTrue(e.getMessage().contains("the version of its format is a number"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ["a","b",""]   | label 2 of 3 is empty
          ["a"," ","b"]  | label 1 of 3 is empty
          ["a","b"]      | the network has 3 outputs, found 2 labels
          ["a","b","c","d"] | the network has 3 outputs, found 4 labels
          ["a","b",3]    | the labels are not a list of names
          {}             | the labels
          """)
  void labelsThatDoNotNameTheOutputsAreRefused(String labels, String expected) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.initialized(Network.of(Shape.of(2), dense(3)), 1)
        .withLabels(List.of("x", "y", "z"))
        .save(file);
    var changed = withMetadata(file, Map.of("stride.labels", labels));
    var e = assertThrows(FormatException.class, () -> Model.load(changed));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().startsWith(changed + ": "), e.getMessage());
  }

  private Path own(Layer layer) throws IOException {
    Path file = folder.resolve("own.safetensors");
    Model.initialized(Network.of(Shape.of(2), layer), 1).save(file);
    return file;
  }

  /** The same file with another network: what the expression finds is replaced. */
  private Path changed(Path file, String expression, String instead) throws IOException {
    String network = Objects.requireNonNull(metadata(file).get("stride.network"));
    String changed =
        network.replaceFirst(expression, java.util.regex.Matcher.quoteReplacement(instead));
    assertFalse(changed.equals(network), network);
    return withMetadata(file, Map.of("stride.network", changed));
  }

  private static Operation first(Path file, OperationTypes types) throws IOException {
    return Model.load(file, types).network().graph().nodes().getFirst().operation();
  }

  private static Map<String, String> metadata(Path file) throws IOException {
    try (var tensors = TensorFile.open(file)) {
      return tensors.metadata();
    }
  }

  /** The same file with other metadata; what is empty is left out. */
  private Path withMetadata(Path file, Map<String, String> changes) throws IOException {
    Path changed = folder.resolve("changed.safetensors");
    try (var tensors = TensorFile.open(file)) {
      var writer = new SafetensorsWriter();
      var metadata = new LinkedHashMap<>(tensors.metadata());
      metadata.putAll(changes);
      metadata.forEach(
          (name, value) -> {
            if (!value.isEmpty() || name.equals("stride.format_version")) {
              writer.metadata(name, value);
            }
          });
      for (var tensor : tensors.tensors()) {
        writer.copy(tensor.name(), tensors, tensor.name());
      }
      writer.write(changed);
    }
    return changed;
  }

  private static String assertMessage(
      String expected, org.junit.jupiter.api.function.Executable refused) {
    var e = assertThrows(IllegalArgumentException.class, refused);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(expected), message);
    return message;
  }
}
