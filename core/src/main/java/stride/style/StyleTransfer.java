package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Pixels;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.network.Model;
import stride.network.Network;
import stride.style.Painting.Ending;
import stride.style.Painting.Losses;
import stride.style.PixelUpdate.Made;

/**
 * Paints a photo in the style of paintings (Gatys, Ecker and Bethge 2016, "Image Style Transfer
 * Using Convolutional Neural Networks"): changes a picture's pixels until a network's deep layers
 * see the photo in it, and the Gram matrices of its shallow ones are those of the paintings.
 *
 * <pre>{@code
 * var model = Zoo.find("squeezenet1_1").load(Path.of("squeezenet1_1.safetensors"));
 * var layers = Styles.of("squeezenet1_1").orElseThrow();
 * var photo = Pictures.decode(Path.of("chelsea.png")).rgb();
 * var painting = Pictures.decode(Path.of("starry_night.jpg")).rgb();
 * var painted =
 *     new StyleTransfer(model, layers, StyleSettings.STANDARD, Engine.shared())
 *         .paint(photo, List.of(new Style(painting, 1)), (progress, picture) -> true);
 * painted.image().savePng(Path.of("painted.png"));
 * }</pre>
 *
 * @param model the network, whose classes do not matter
 * @param layers where it looks, and how much each layer counts
 * @param settings how the pixels are changed
 * @param engine computes; stays open
 */
public record StyleTransfer(
    Model model, StyleLayers layers, StyleSettings settings, Engine engine) {
  /** What a map's value and its gradient take, in bytes, at most: some share their memory. */
  private static final int MAP_BYTES = 6;

  /** Values of all maps together: a picture that has more of them is computed in tiles. */
  private static final long TILE_VALUES =
      Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 2 / MAP_BYTES);

  /** Sees a painting come to be. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * Looks at a step.
     *
     * @param progress what was done
     * @param picture the picture as it is now, as large as the photo; may be asked during the call
     *     alone
     * @return whether to go on
     */
    boolean after(Progress progress, Supplier<Image> picture);
  }

  /**
   * A step that was made.
   *
   * @param scale the number of the size, from 1
   * @param scales how many sizes there are
   * @param step the number of the step at this size, from 1
   * @param steps how many there are at most
   * @param losses after it, or before it of Adam
   */
  public record Progress(int scale, int scales, int step, int steps, Losses losses) {}

  /**
   * Paints a photo.
   *
   * @param photo red, green and blue, as large as the painting is to be
   * @param styles the paintings to learn from, at least one if a layer is asked for style; of a
   *     size at which their strokes are as large as they are to be
   * @param watcher looks at each step
   * @return the painting
   * @throws IllegalArgumentException if the network lacks a layer, or is not for three channels, or
   *     a picture is too small for its layers, or the loss is no number from the beginning
   * @throws OutOfMemoryError if the JVM has not enough memory for the first step; the message says
   *     how much it takes
   */
  public Painting paint(Pixels photo, List<Style> styles, Watcher watcher) {
    return paint(photo, styles, maps(photo, styles), watcher);
  }

  /**
   * {@return the losses of a picture as it is, however it was made; of the settings, colours and
   * averages count}
   *
   * @param photo what it is to show
   * @param styles in which styles
   * @param picture as large as the photo
   * @throws IllegalArgumentException if it is not, and as {@link #paint} does
   */
  public Losses losses(Pixels photo, List<Style> styles, Pixels picture) {
    if (picture.height() != photo.height()
        || picture.width() != photo.width()
        || picture.channels() != photo.channels()) {
      throw new IllegalArgumentException(
          "a picture is compared with a photo of its size, found %dx%dx%d and %dx%dx%d"
              .formatted(
                  picture.height(),
                  picture.width(),
                  picture.channels(),
                  photo.height(),
                  photo.width(),
                  photo.channels()));
    }
    var maps = maps(photo, styles);
    var canvas = PixelCanvas.smallest(photo, settings.scales(1));
    var objective = objective(canvas, styles, maps);
    float[] x = picture.toImage().data();
    objective.apply(x, new float[x.length]);
    return losses(objective.values());
  }

  /** Checks what is to be painted, and returns what the network sees of pictures. */
  private PictureMaps maps(Pixels photo, List<Style> styles) {
    var normalization = model.preprocessing().normalization();
    if (photo.channels() != 3 || normalization.channels() != 3) {
      throw new IllegalArgumentException(
          "photos and networks of red, green and blue are painted, the photo has %d channels and the network takes %d"
              .formatted(photo.channels(), normalization.channels()));
    }
    if (styles.isEmpty() && !layers.style().isEmpty()) {
      throw new IllegalArgumentException("name at least one style to paint in");
    }
    var taps = new LinkedHashSet<>(layers.content().keySet());
    taps.addAll(layers.style().keySet());
    var network = model.network().tapping(taps);
    return new PictureMaps(
        engine,
        settings.averages() ? averaging(network) : network,
        model.weights(),
        normalization,
        taps,
        TILE_VALUES);
  }

  private static Network averaging(Network network) {
    var graph = network.graph();
    return new Network(
        graph.remade(
            graph.inputs(),
            node ->
                node.operation() instanceof MaxPool(var kernel, var stride, var padding, var ceil)
                    ? new AvgPool(kernel, stride, padding, ceil, false)
                    : node.operation()));
  }

  /** Paints at each size, the smallest first. */
  Painting paint(Pixels photo, List<Style> styles, PictureMaps maps, Watcher watcher) {
    PixelCanvas canvas = null;
    Painting painting = null;
    for (int scale = 1; scale <= settings.scales(); scale++) {
      try {
        canvas = canvas == null ? PixelCanvas.smallest(photo, settings) : canvas.larger();
        var next = paint(canvas, objective(canvas, styles, maps), watcher);
        painting = painting != null && next.step() == 0 ? painting.ended(next.ending()) : next;
      } catch (OutOfMemoryError e) {
        if (painting == null) {
          throw e;
        }
        painting = painting.ended(Ending.OUT_OF_MEMORY);
      }
      if (painting.ending() != Ending.DONE) {
        break;
      }
    }
    return requireNonNull(painting);
  }

  private PictureObjective objective(PixelCanvas canvas, List<Style> styles, PictureMaps maps) {
    var grams = learned(styles, canvas.photo(), canvas.factor(), maps);
    return maps.objective(canvas.size(), loss(canvas.size(), grams, maps), layers.variation());
  }

  /** The styles' Gram matrices by layer, added by their weights. */
  private Map<String, GramMatrix> learned(
      List<Style> styles, Pixels photo, int factor, PictureMaps maps) {
    double sum = styles.stream().mapToDouble(Style::weight).sum();
    var learned = new LinkedHashMap<String, GramMatrix>();
    for (var style : styles) {
      var picture = PixelCanvas.shrunk(settings.colours().ofStyle(style.picture(), photo), factor);
      double share = style.weight() / sum;
      maps.grams(picture, layers.style().keySet())
          .forEach(
              (layer, gram) ->
                  learned.merge(
                      layer, gram.mixed(share, gram, 0), (before, own) -> before.mixed(1, own, 1)));
    }
    return learned;
  }

  private PictureLoss loss(Pixels photo, Map<String, GramMatrix> grams, PictureMaps maps) {
    var parts = new ArrayList<TapLoss>();
    var contents = maps.maps(settings.colours().ofPhoto(photo), layers.content().keySet());
    layers
        .content()
        .forEach(
            (layer, weight) ->
                parts.add(
                    new TapLoss(
                        layer, new ContentLoss(requireNonNull(contents.get(layer))), weight)));
    layers
        .style()
        .forEach(
            (layer, weight) ->
                parts.add(
                    new TapLoss(layer, new StyleLoss(requireNonNull(grams.get(layer))), weight)));
    return new PictureLoss(parts);
  }

  /** Paints at one size. */
  private Painting paint(PixelCanvas canvas, PictureObjective objective, Watcher watcher) {
    int steps = settings.steps();
    var ending = Ending.DONE;
    var losses = new Losses(0, 0, 0);
    int step = 0;
    var update = PixelUpdate.of(settings, canvas.x(), objective, engine);
    try {
      for (var made = Made.STEP; step < steps && made == Made.STEP && ending == Ending.DONE; ) {
        made = update.step(step + 1);
        if (made == Made.NO_NUMBER) {
          ending = Ending.NOT_FINITE;
          break;
        }
        step++;
        losses = losses(objective.values());
        var progress = new Progress(canvas.scale(), settings.scales(), step, steps, losses);
        if (!watcher.after(progress, () -> canvas.image(settings.colours())) && step < steps) {
          ending = Ending.STOPPED;
        }
      }
    } catch (OutOfMemoryError e) {
      if (step == 0) {
        throw e;
      }
      ending = Ending.OUT_OF_MEMORY;
    }
    if (step == 0 && canvas.scale() == 1) {
      throw new IllegalArgumentException(
          "the loss of the first step is no number, as weights that are too large make it:"
              + " check that the weights are the network's");
    }
    return new Painting(canvas.image(settings.colours()), step, losses, ending);
  }

  private Losses losses(double[] values) {
    double content = 0;
    double style = 0;
    int contents = layers.content().size();
    for (int i = 0; i < values.length - 1; i++) {
      content += i < contents ? values[i] : 0;
      style += i < contents ? 0 : values[i];
    }
    return new Losses(content, style, values[values.length - 1]);
  }
}
