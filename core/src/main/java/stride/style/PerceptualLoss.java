package stride.style;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Image;
import stride.image.Normalization;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.InputGradient;
import stride.train.Loss;
import stride.train.Targets;

/**
 * By what a network learns to paint in one pass (Johnson, Alahi and Fei-Fei 2016): what it makes of
 * a photo is shown to another network, the judge, whose weights stay as they are. The judge's maps
 * are to be those of the photo at some layers ({@link ContentLoss}), and at others to have the Gram
 * matrices of a painting ({@link StyleLoss}); neighbouring pixels are to be alike (total
 * variation). The target of a sample is the photo itself, normalised as the network's inputs are.
 *
 * <p>Networks answer with numbers of very different sizes. So the loss of a layer's style is
 * divided by what it would be if its maps were zero, and that of its content by what that would be
 * of the painting: a weight means about the same for all layers and judges.
 */
public final class PerceptualLoss implements Loss {
  private final Network judge;
  private final Model model;
  private final Normalization painted;

  /** What is wanted of the style, by the names of layers. */
  private final Map<String, GramMatrix> grams = new LinkedHashMap<>();

  /** The layers with the weights by which their losses are multiplied. */
  private final StyleLayers layers;

  /**
   * A loss of pictures.
   *
   * @param model the judge, with the preprocessing of its pictures, such as SqueezeNet 1.1 with the
   *     weights for ImageNet
   * @param painted the normalisation of the network that learns to paint
   * @param layers where the judge looks, and how much each layer counts
   * @param painting whose style is learned, (H, W, C) in [0, 1], of any size
   * @param engine computes its Gram matrices
   * @throws IllegalArgumentException if the judge has no such layer, there is none of content or
   *     none of style, or the painting is of one colour, too small for the judge, or has nothing
   *     that it sees
   */
  public PerceptualLoss(
      Model model, Normalization painted, StyleLayers layers, Image painting, Engine engine) {
    this.model = model;
    this.painted = painted;
    if (layers.content().isEmpty() || layers.style().isEmpty()) {
      throw new IllegalArgumentException(
          "a perceptual loss looks at one layer of content and one of style at least");
    }
    if (painted.blueFirst() || model.preprocessing().normalization().blueFirst()) {
      throw new IllegalArgumentException(
          "a perceptual loss shows the judge red, green and blue in this order");
    }
    float[] colours = painting.data();
    Style.requireColours(painting.shape().height(), painting.shape().width(), i -> colours[i]);
    var names = new LinkedHashSet<>(layers.content().keySet());
    names.addAll(layers.style().keySet());
    judge = model.network().tapping(names);
    var maps = maps(painting, engine);
    var content = new LinkedHashMap<String, Double>();
    // In one order, so that sums have the same bits when a training is gone on with.
    new TreeMap<>(layers.content())
        .forEach(
            (layer, weight) -> content.put(layer, weight / ofZero(layer, map(maps, layer).data())));
    var style = new LinkedHashMap<String, Double>();
    new TreeMap<>(layers.style())
        .forEach(
            (layer, weight) -> {
              var gram = GramMatrix.of(map(maps, layer), engine);
              grams.put(layer, gram);
              style.put(layer, weight / ofZero(layer, gram));
            });
    this.layers = new StyleLayers(content, style, layers.variation());
  }

  /**
   * {@return the layers with the weights by which their losses are multiplied, the divisions that
   * the class describes included: a {@link StyleTransfer} with the judge and these layers has the
   * same loss}
   */
  public StyleLayers layers() {
    return layers;
  }

  private static Tensor map(Map<String, Tensor> maps, String layer) {
    return requireNonNull(maps.get(layer), layer);
  }

  /** The content's loss of maps of zeros. */
  private static double ofZero(String layer, float[] maps) {
    return above(layer, Formulas.content(maps, 0, new float[maps.length], 0, maps.length))
        / maps.length;
  }

  /** The style's loss of maps of zeros. */
  private static double ofZero(String layer, GramMatrix gram) {
    return above(
        layer, Formulas.style(new double[gram.values().length], gram.values(), gram.filters()));
  }

  private static double above(String layer, double loss) {
    if (!(loss > 0 && loss < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the loss network sees nothing in the painting at %s: its maps are zero, or no numbers"
              .formatted(layer));
    }
    return loss;
  }

  /** The judge's maps of an image. */
  private Map<String, Tensor> maps(Image image, Engine engine) {
    var network = judge.withInput(image.shape());
    var names = new LinkedHashSet<>(judge.graph().outputs().keySet());
    names.remove(Graph.OUTPUT);
    var values = image.data().clone();
    model.preprocessing().normalization().apply(values, 0, values.length);
    return engine.withPlan(
        network.graph(),
        model.weights().part(network.graph()),
        1,
        purpose(names),
        plan -> {
          plan.input().write(0, values);
          plan.forward(1);
          var maps = new LinkedHashMap<String, Tensor>();
          for (var layer : names) {
            maps.put(layer, new Tensor(shape(network, layer), plan.output(layer).read(0)));
          }
          return maps;
        });
  }

  private static Purpose purpose(Set<String> layers) {
    var names = layers.toArray(String[]::new);
    return Purpose.inference().withOutputs(names[0], names);
  }

  private static Shape shape(Network network, String layer) {
    return network.graph().type(network.graph().output(layer)).shape();
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new Judging(network.output(), plan.batch(), plan.engine());
  }

  /**
   * Not to be called: what this loss computes with belongs to a plan.
   *
   * @throws IllegalStateException always; {@link #forPlan} gives the loss to apply
   */
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    throw new IllegalStateException("apply what forPlan returns: it has the memory for a plan");
  }

  /** {@return all that the loss depends on, by which checkpoints tell it from others} */
  @Override
  public String toString() {
    return "PerceptualLoss[judge=%s, layers=%s, painting=%s]"
        .formatted(digest(model.weights().values()), layers, digest(grams()));
  }

  private float[][] grams() {
    return grams.values().stream().map(gram -> gram.toTensor().data()).toArray(float[][]::new);
  }

  private static String digest(float[]... arrays) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      for (float[] array : arrays) {
        var bytes = ByteBuffer.allocate(array.length * Float.BYTES);
        bytes.asFloatBuffer().put(array);
        sha256.update(bytes);
      }
      return HexFormat.of().formatHex(sha256.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** The loss of one plan's outputs. */
  private final class Judging implements Loss {
    private final Shape picture;
    private final Plan photos;
    private final InputGradient paintings;

    /** The photos' maps at the layers of content, one sample after another. */
    private final Map<String, float[]> wanted = new LinkedHashMap<>();

    private final float[] colours;
    private final float[] variations;
    private final Targets none = Targets.values(1, 1);

    Judging(Shape picture, int batch, Engine engine) {
      this.picture = picture;
      colours = new float[picture.elements()];
      variations = new float[picture.elements()];
      var looking = model.network().tapping(layers.content().keySet()).withInput(picture);
      photos =
          engine.plan(
              looking.graph(),
              model.weights().part(looking.graph()),
              batch,
              purpose(layers.content().keySet()));
      var parts = new ArrayList<TapLoss>();
      layers
          .content()
          .forEach(
              (layer, weight) -> {
                var maps = new float[batch * shape(looking, layer).elements()];
                wanted.put(layer, maps);
                parts.add(new TapLoss(layer, new ContentLoss(maps), weight));
              });
      layers
          .style()
          .forEach(
              (layer, weight) ->
                  parts.add(
                      new TapLoss(layer, new StyleLoss(requireNonNull(grams.get(layer))), weight)));
      paintings =
          InputGradient.of(
              judge.withInput(picture),
              model.weights(),
              new PictureLoss(List.copyOf(parts)),
              batch,
              engine);
    }

    @Override
    public double apply(Outputs outputs, Targets targets, int samples) {
      targets.requireSamples(samples);
      targets.requireWidth("the perceptual loss", picture.elements());
      var output = outputs.value(Graph.OUTPUT);
      var gradient = outputs.gradient(Graph.OUTPUT);
      for (int n = 0; n < samples; n++) {
        for (int i = 0; i < colours.length; i++) {
          colours[i] = targets.value(n, i);
        }
        show(photos.input(), n);
      }
      photos.forward(samples);
      wanted.forEach(
          (layer, maps) -> {
            var seen = photos.output(layer);
            System.arraycopy(seen.array(), seen.at(0), maps, 0, samples * seen.stride());
          });
      double varied = 0;
      for (int n = 0; n < samples; n++) {
        System.arraycopy(output.array(), output.at(n), colours, 0, colours.length);
        show(paintings.input(), n);
      }
      double loss = paintings.apply(none, samples);
      for (int n = 0; n < samples; n++) {
        System.arraycopy(output.array(), output.at(n), colours, 0, colours.length);
        varied += takeGradient(n, samples, gradient) / samples;
      }
      return loss + varied;
    }

    /** Shows the judge the colours, as it wants them; they are in [0, 1] then. */
    private void show(Buffer input, int sample) {
      painted.undo(colours, 0, colours.length);
      System.arraycopy(colours, 0, input.array(), input.at(sample), colours.length);
      model.preprocessing().normalization().apply(input.array(), input.at(sample), colours.length);
    }

    /**
     * Writes the gradient of what was painted: the judge's, and that of the total variation, which
     * is returned.
     */
    private double takeGradient(int sample, int samples, Buffer into) {
      painted.undo(colours, 0, colours.length);
      double factor = layers.variation() / (picture.height() * picture.width());
      Arrays.fill(variations, 0);
      double sum = 0;
      int rowLength = picture.width() * picture.channels();
      for (int row = 0; row < picture.height(); row++) {
        sum +=
            Formulas.variation(
                colours,
                picture.height(),
                rowLength,
                picture.channels(),
                row,
                (float) (factor / samples),
                variations);
      }
      var seen = paintings.gradient();
      for (int c = 0; c < picture.channels(); c++) {
        float own = painted.standardDeviation().get(c).floatValue();
        float judges =
            own / model.preprocessing().normalization().standardDeviation().get(c).floatValue();
        for (int i = c; i < colours.length; i += picture.channels()) {
          into.array()[into.at(sample) + i] =
              judges * seen.array()[seen.at(sample) + i] + own * variations[i];
        }
      }
      return factor * sum;
    }
  }
}
