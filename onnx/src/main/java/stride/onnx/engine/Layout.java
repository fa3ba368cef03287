package stride.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.layer.ChannelShuffle;
import stride.layer.Flatten;
import stride.layer.Rearrange;
import stride.layer.Reshape;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;
import stride.tensor.Shape;

/** A graph of ONNX on its way to the engine: what its values are there so far. */
final class Layout {
  final Graph.Builder graph;
  final LayerNames names = new LayerNames();
  final NormWeights norms = new NormWeights(this);

  /** Weights and running statistics, in PyTorch's layouts, by their full names. */
  final Map<String, float[]> weights = new HashMap<>();

  /** The layers that have weights, by these and their operation: who has the same shares them. */
  private final Map<List<Object>, String> shared = new HashMap<>();

  /** Edges whose numbers were put in order for a reader. */
  private final Map<List<Object>, Integer> arranged = new HashMap<>();

  private final Map<String, View> views = new HashMap<>();
  private final Map<String, OnnxTensor> constants;
  private final Map<String, OnnxNode> producers = new HashMap<>();

  /** The nodes that read values. */
  private final Map<String, List<OnnxNode>> readers = new HashMap<>();

  private final Set<String> outputs = new HashSet<>();

  /** Why values are not on the engine. */
  private final Map<String, String> reasons = new LinkedHashMap<>();

  /** The weights of batch norms that learn nothing. */
  private final Set<String> frozen = new HashSet<>();

  private final List<OnnxNode> nodes;
  private final int batch;

  /**
   * A layout without views.
   *
   * @param batch the number of samples that the file was written for; 1 if it is free
   */
  Layout(Graph.Builder graph, OnnxGraph file, int batch) {
    this.graph = graph;
    this.batch = batch;
    this.nodes = file.nodes();
    file.metadata().getOrDefault(OnnxGraph.FROZEN_NORMS, "").lines().forEach(frozen::add);
    this.constants = new HashMap<>(file.constants());
    for (var node : file.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
      node.reads().forEach(read -> readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(node));
    }
    file.outputs().forEach(output -> outputs.add(output.name()));
  }

  /** All nodes, each after those whose outputs it takes. */
  List<OnnxNode> nodes() {
    return nodes;
  }

  /** Whether the file says that the batch norm with a weight learns nothing. */
  boolean isFrozen(String weight) {
    return frozen.contains(weight);
  }

  int batch() {
    return batch;
  }

  void put(String value, View view) {
    views.put(value, view);
  }

  void put(String value, OnnxTensor constant) {
    constants.put(value, constant);
  }

  /** Says why a node's outputs are not on the engine. */
  void leave(OnnxNode node, String why) {
    node.outputs().forEach(output -> reasons.put(output, why));
  }

  Map<String, View> views() {
    return Map.copyOf(views);
  }

  /** Why a value is not on the engine. */
  String reason(String value) {
    return reasons.getOrDefault(value, "");
  }

  /** Why a node is not on the engine. */
  String reason(OnnxNode node) {
    return node.outputs().stream()
        .map(this::reason)
        .filter(r -> !r.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Brings an output into the engine's own order, if it is an image or vector of another. */
  void canonical(String value) {
    var view = views.get(value);
    var node = producers.get(value);
    if (view != null
        && node != null
        && view.rank() >= 2
        && view.rank() <= 4
        && !isChannelsLast(view)) {
      try {
        views.put(value, channelwise(node, view));
      } catch (Unlayable e) {
        // It stays as it is: the view says how it is read.
        reasons.put(value, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Whether an image or sequence has its channels last, as the engine has them. */
  private boolean isChannelsLast(View view) {
    return view.rank() >= 3
        && view.liesInOrder()
        && shape(view.edge()).isImage()
        && Affine.isChannel(this, view, view.rank() - 1);
  }

  boolean isLaid(String value) {
    return views.containsKey(value);
  }

  /** Whether a value is neither on the engine nor a constant. */
  boolean isLeft(String value) {
    return !views.containsKey(value) && !constants.containsKey(value);
  }

  @Nullable OnnxTensor constant(String value) {
    return constants.get(value);
  }

  /** The node that gives a value; null for inputs and constants. */
  @Nullable OnnxNode producer(String value) {
    return producers.get(value);
  }

  /** Whether somebody reads another output of a node than its first. */
  boolean wantsMore(OnnxNode node) {
    return node.outputs().stream()
        .skip(1)
        .anyMatch(output -> readers.containsKey(output) || outputs.contains(output));
  }

  /** The node that alone reads a value; null if there are others, or it is an output. */
  @Nullable OnnxNode onlyReader(String value) {
    var all = readers.getOrDefault(value, List.of());
    return all.size() == 1 && !outputs.contains(value) ? all.getFirst() : null;
  }

  /** The name of an input; "" if it is left out. */
  static String input(OnnxNode node, int i) {
    return i < node.inputs().size() ? node.inputs().get(i) : "";
  }

  View view(OnnxNode node, int i) throws Unlayable {
    return view(input(node, i));
  }

  View view(String value) throws Unlayable {
    var view = views.get(value);
    if (view == null) {
      throw new Unlayable(
          constants.containsKey(value)
              ? "it reads a constant where the engine reads what layers give"
              : "what it reads is not on the engine");
    }
    return view;
  }

  /** A constant input, or null if it is left out. */
  @Nullable OnnxTensor optional(OnnxNode node, int i) throws Unlayable {
    String name = input(node, i);
    if (name.isEmpty()) {
      return null;
    }
    return constant(node, i);
  }

  OnnxTensor constant(OnnxNode node, int i) throws Unlayable {
    var tensor = constants.get(input(node, i));
    if (tensor == null) {
      throw new Unlayable("its input %d is computed, the engine knows it beforehand".formatted(i));
    }
    return tensor;
  }

  static float[] floats(OnnxTensor tensor) {
    double[] values = tensor.reals();
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Adds an operation without weights. */
  int add(OnnxNode node, Operation operation, Integer... edges) throws Unlayable {
    return add(names.of(node), operation, List.of(edges));
  }

  /** Adds what a node needs of its input; the same for all nodes that need the same. */
  private int beside(OnnxNode node, Operation operation, int edge) throws Unlayable {
    var key = List.<Object>of(operation, edge);
    Integer made = arranged.get(key);
    if (made == null) {
      made = add(names.beside(node, operation.kind()), operation, List.of(edge));
      arranged.put(key, made);
    }
    return made;
  }

  int add(String name, Operation operation, List<Integer> edges) throws Unlayable {
    try {
      return graph.add(name, name, operation, edges);
    } catch (IllegalArgumentException e) {
      throw new Unlayable(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Adds an operation with weights, those of an earlier one if it has the same.
   *
   * @param tensors the weights by their own names; null for those it has not
   * @param sources the names of ONNX's tensors they come from, the first of which names the layer
   */
  int addWeighted(
      OnnxNode node, Operation operation, int edge, Map<String, float[]> tensors, String... sources)
      throws Unlayable {
    String name = names.of(node, sources[0]);
    var key = new ArrayList<Object>(List.of(operation, graph.type(edge).shape().channels()));
    key.addAll(Arrays.asList(sources));
    String first = shared.get(key);
    String layer = first != null && has(first, tensors) ? first : name;
    try {
      int made = graph.add(name, layer, operation, List.of(edge));
      if (layer.equals(name)) {
        shared.put(key, name);
        tensors.forEach((own, values) -> weights.put(name + "." + own, values));
      }
      return made;
    } catch (IllegalArgumentException e) {
      throw new Unlayable(String.valueOf(e.getMessage()));
    }
  }

  private boolean has(String layer, Map<String, float[]> tensors) {
    return tensors.entrySet().stream()
        .allMatch(
            tensor -> Arrays.equals(weights.get(layer + "." + tensor.getKey()), tensor.getValue()));
  }

  Shape shape(int edge) {
    return graph.type(edge).shape();
  }

  /**
   * The edge of an image (H, W, C) that a value (1, C, H, W), (1, C, L) or (1, C) is, made if need
   * be.
   */
  int image(OnnxNode node, View view) throws Unlayable {
    if (view.rank() < 2 || view.rank() > 4 || !view.dims().getFirst().isEmpty()) {
      throw new Unlayable("it reads %s, no image".formatted(Arrays.toString(view.shape())));
    }
    var channels = view.dims().get(1);
    List<Integer> height = view.rank() == 4 ? view.dims().get(2) : List.of();
    List<Integer> width = view.rank() >= 3 ? view.dims().getLast() : List.of();
    var wanted =
        Shape.image(
            view.rank() == 4 ? view.size(2) : 1,
            view.rank() >= 3 ? view.size(view.rank() - 1) : 1,
            view.size(1));
    var order = new ArrayList<>(height);
    order.addAll(width);
    int pixels = order.size();
    order.addAll(channels);
    if (isSorted(order)) {
      return typed(node, view.edge(), wanted);
    }
    boolean turned =
        isSorted(order.subList(0, pixels)) && channels.equals(List.of(pixels + 1, pixels));
    if (turned) {
      int image = typed(node, view.edge(), wanted);
      return beside(node, new ChannelShuffle(view.axes()[pixels]), image);
    }
    return rearranged(node, view, order, wanted);
  }

  /** An edge with its channels in another order: those of each place within groups together. */
  int shuffled(OnnxNode node, int edge, int groups) throws Unlayable {
    return beside(node, new ChannelShuffle(groups), edge);
  }

  /** An edge whose numbers lie as some axes of a value follow each other. */
  private int rearranged(OnnxNode node, View view, List<Integer> order, Shape wanted)
      throws Unlayable {
    var sizes = IntStream.of(view.axes()).boxed().toList();
    return beside(node, new Rearrange(sizes, order, wanted), view.edge());
  }

  /** A value whose numbers lie in ONNX's order, as one vector. */
  View inOrder(OnnxNode node, View view) throws Unlayable {
    int edge = rearranged(node, view, view.order(), Shape.of(view.elements()));
    var sizes = view.shape();
    return View.of(edge, sizes, IntStream.range(0, sizes.length).mapToObj(List::of).toList());
  }

  /** A value whose dimension is what the engine has as channels, and all others as pixels. */
  View channelsAt(OnnxNode node, View view, int dim) throws Unlayable {
    if (Affine.isChannel(this, view, dim)) {
      return view;
    }
    return dim == 1 && view.rank() >= 2 && view.rank() <= 4 && view.dims().getFirst().isEmpty()
        ? channelwise(node, view)
        : pixelsThen(node, view, dim);
  }

  /** A value as one row of pixels, whose channels are a dimension and which all others count. */
  View pixelsThen(OnnxNode node, View view, int dim) throws Unlayable {
    var order = new ArrayList<Integer>();
    var sizes = new ArrayList<Integer>();
    var dims = new ArrayList<List<Integer>>();
    for (int d = 0; d < view.rank(); d++) {
      if (d != dim) {
        order.addAll(view.dims().get(d));
        dims.add(List.of(sizes.size()));
        sizes.add(view.size(d));
      }
    }
    order.addAll(view.dims().get(dim));
    dims.add(dim, List.of(sizes.size()));
    sizes.add(view.size(dim));
    var shape = Shape.image(1, view.elements() / view.size(dim), view.size(dim));
    int edge =
        isSorted(order) && shape(view.edge()).isImage()
            ? typed(node, view.edge(), shape)
            : rearranged(node, view, order, shape);
    return View.of(edge, sizes.stream().mapToInt(size -> size).toArray(), dims);
  }

  static boolean isSorted(List<Integer> order) {
    return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
  }

  /** An edge as an image of a shape, whose numbers stay where they are. */
  int typed(OnnxNode node, int edge, Shape wanted) throws Unlayable {
    var shape = shape(edge);
    if (shape.equals(wanted)) {
      return edge;
    }
    boolean stays =
        shape.isImage()
            ? shape.channels() == wanted.channels()
            : wanted.height() * wanted.width() == 1 || wanted.channels() == 1;
    return beside(
        node,
        stays ? new Reshape(wanted) : new Rearrange(List.of(wanted.elements()), List.of(0), wanted),
        edge);
  }

  /** A vector on the engine, and whether it is a flattened image. */
  record FlatEdge(int edge, int @Nullable [] places) {}

  /**
   * The vector that a value (1, F) is. Its numbers may lie in another order in memory, that of the
   * engine's flattened images: if it is not PyTorch's, their places are returned.
   */
  FlatEdge flat(OnnxNode node, View view) throws Unlayable {
    if (view.rank() != 2 || !view.dims().getFirst().isEmpty()) {
      throw new Unlayable("it reads %s, no vector".formatted(Arrays.toString(view.shape())));
    }
    var shape = shape(view.edge());
    if (!shape.isImage()) {
      return new FlatEdge(view.edge(), view.liesInOrder() ? null : view.places());
    }
    int edge = beside(node, new Flatten(), view.edge());
    int[] places = view.places();
    return new FlatEdge(edge, Arrays.equals(places, planes(shape)) ? null : places);
  }

  /** For each number of an image in PyTorch's order its place in memory. */
  private static int[] planes(Shape image) {
    return View.image(0, image).places();
  }

  /** A vector whose numbers lie in ONNX's order, made if need be. */
  int vector(OnnxNode node, View view) throws Unlayable {
    if (view.rank() != 2 || !view.dims().getFirst().isEmpty()) {
      throw new Unlayable("it reads %s, no vector".formatted(Arrays.toString(view.shape())));
    }
    var shape = shape(view.edge());
    if (!shape.isImage()) {
      if (!view.liesInOrder()) {
        return rearranged(node, view, view.order(), Shape.of(view.elements()));
      }
      return view.edge();
    }
    if (!Arrays.equals(view.places(), planes(shape))) {
      return rearranged(node, view, view.order(), Shape.of(view.elements()));
    }
    boolean onePixel = shape.elements() == shape.channels();
    return beside(
        node, onePixel ? new Flatten() : new Reshape(Shape.of(shape.elements())), view.edge());
  }

  /** An image or vector as the engine has it, with the view back to ONNX's dimensions. */
  View channelwise(OnnxNode node, View view) throws Unlayable {
    return switch (view.rank()) {
      case 2 -> {
        int edge = vector(node, view);
        yield View.vector(edge, shape(edge));
      }
      case 3 -> {
        int edge = image(node, view);
        yield View.sequence(edge, shape(edge));
      }
      default -> {
        int edge = image(node, view);
        yield View.image(edge, shape(edge));
      }
    };
  }
}
