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
import stride.image.Resampling;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.network.Model;
import stride.network.Network;
import stride.style.Painting.Ending;
import stride.style.Painting.Losses;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Optimizer;

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
 *     new StyleTransfer(model, layers, StyleTransfer.Settings.STANDARD, Engine.shared())
 *         .paint(photo, List.of(new Style(painting, 1)), (progress, picture) -> true);
 * painted.image().savePng(Path.of("painted.png"));
 * }</pre>
 *
 * @param model the network, whose classes do not matter
 * @param layers where it looks, and how much each layer counts
 * @param settings how the pixels are changed
 * @param engine computes; stays open
 */
public record StyleTransfer(Model model, StyleLayers layers, Settings settings, Engine engine) {
  /** What a map's value and its gradient take, in bytes, at most: some share their memory. */
  private static final int MAP_BYTES = 6;

  /** Values of all maps together: a picture that has more of them is computed in tiles. */
  private static final long TILE_VALUES = share(2, MAP_BYTES, 1L << 30);

  /** Floats of steps that L-BFGS remembers, at most, and the number of steps. */
  private static final long MEMORY_FLOATS = share(8, Float.BYTES, 200_000_000);

  private static final int LEAST_MEMORY = 5;
  private static final int MOST_MEMORY = 30;

  private static final double ADAM_RATE = 0.02;

  /** The part of the steps, the last ones, in which Adam's learning rate is a tenth. */
  private static final double LAST_PART = 0.1;

  /** Values that a task updates. */
  private static final int UPDATED = 1 << 14;

  /** The most sizes at which a picture is painted. */
  public static final int MOST_SCALES = 8;

  /** {@return how many things of a size fit into a part of the memory, at most some} */
  private static long share(int part, int bytes, long most) {
    return Math.min(most, Runtime.getRuntime().maxMemory() / part / bytes);
  }

  /** How the pixels are changed. */
  public enum Method {
    /** Limited-memory BFGS, as in the paper: a step that makes the loss larger is not made. */
    LBFGS,

    /** Adam with a learning rate of 0.02; values stay from 0 to 1. */
    ADAM
  }

  /** Where the picture begins. */
  public enum Start {
    /** As the photo. */
    PHOTO,

    /** As noise. */
    NOISE
  }

  /**
   * How the pixels are changed.
   *
   * @param method the way
   * @param steps at each size, 1 or more
   * @param scales the number of sizes, each half as high and wide as the next: coarse structure is
   *     painted in small, where the network sees more of the picture at once
   * @param start where the picture begins
   * @param colours what becomes of the photo's colours
   * @param averages whether poolings take averages instead of maxima, as the paper proposes
   * @param seed of the noise
   */
  public record Settings(
      Method method,
      int steps,
      int scales,
      Start start,
      Colours colours,
      boolean averages,
      long seed) {
    /** The paper's way, from the photo: 100 steps of L-BFGS at one size. */
    public static final Settings STANDARD =
        new Settings(Method.LBFGS, 100, 1, Start.PHOTO, Colours.OF_STYLE, false, 1);

    /**
     * Settings that may be.
     *
     * @throws IllegalArgumentException if there is no step, or no scale or more than 8
     */
    public Settings {
      if (steps < 1) {
        throw new IllegalArgumentException(
            "a picture is painted in 1 step or more, found " + steps);
      }
      if (scales < 1 || scales > MOST_SCALES) {
        throw new IllegalArgumentException(
            "a picture is painted at 1 to %d scales, found %d".formatted(MOST_SCALES, scales));
      }
    }

    /** {@return these settings with another method} */
    public Settings method(Method method) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with another number of steps at each size} */
    public Settings steps(int steps) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with another number of sizes} */
    public Settings scales(int scales) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with another beginning} */
    public Settings start(Start start) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with other colours} */
    public Settings colours(Colours colours) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with averages in the place of maxima, or without} */
    public Settings averages(boolean averages) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }

    /** {@return these settings with another seed} */
    public Settings seed(long seed) {
      return new Settings(method, steps, scales, start, colours, averages, seed);
    }
  }

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
    var maps =
        new PictureMaps(
            engine,
            settings.averages ? averaging(network) : network,
            model.weights(),
            normalization,
            taps,
            TILE_VALUES);
    return paint(photo, styles, maps, watcher);
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
    float[] x = {};
    Painting painting = null;
    Pixels small = photo;
    for (int scale = 1; scale <= settings.scales; scale++) {
      int factor = 1 << (settings.scales - scale);
      try {
        var size = shrunk(photo, factor);
        x = scale == 1 ? begun(settings.colours.ofPhoto(size)) : enlarged(x, small, size);
        small = size;
        var canvas = new Canvas(photo, size, x, scale);
        var next = paint(canvas, learned(styles, photo, factor, maps), maps, watcher);
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

  /**
   * A picture at one size.
   *
   * @param photo at its full size
   * @param size the photo at this size
   * @param x the picture, changed in place
   * @param scale the number of the size
   */
  private record Canvas(Pixels photo, Pixels size, float[] x, int scale) {}

  private static Pixels shrunk(Pixels picture, int factor) {
    return picture.resize(
        Math.max(1, Math.round(picture.height() / (float) factor)),
        Math.max(1, Math.round(picture.width() / (float) factor)),
        Resampling.BICUBIC);
  }

  private float[] begun(Pixels photo) {
    if (settings.start == Start.PHOTO) {
      return photo.toImage().data();
    }
    var noise = new float[photo.data().length];
    long key = CounterRandom.key(settings.seed, 0, 0);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = CounterRandom.uniform(CounterRandom.bits(key, i));
    }
    return noise;
  }

  private static float[] enlarged(float[] x, Pixels from, Pixels to) {
    return pixels(x, from.height(), from.width())
        .resize(to.height(), to.width(), Resampling.BICUBIC)
        .toImage()
        .data();
  }

  private static Pixels pixels(float[] x, int height, int width) {
    return new Image(new Tensor(Shape.image(height, width, 3), x)).toPixels();
  }

  /** The styles' Gram matrices by layer, added by their weights. */
  private Map<String, GramMatrix> learned(
      List<Style> styles, Pixels photo, int factor, PictureMaps maps) {
    double sum = styles.stream().mapToDouble(Style::weight).sum();
    var learned = new LinkedHashMap<String, GramMatrix>();
    for (var style : styles) {
      var picture = shrunk(settings.colours.ofStyle(style.picture(), photo), factor);
      double share = style.weight() / sum;
      maps.grams(picture, layers.style().keySet())
          .forEach(
              (layer, gram) ->
                  learned.merge(
                      layer, gram.mixed(share, gram, 0), (before, own) -> before.mixed(1, own, 1)));
    }
    return learned;
  }

  private PictureLoss loss(Canvas canvas, Map<String, GramMatrix> grams, PictureMaps maps) {
    var parts = new ArrayList<TapLoss>();
    var photo = settings.colours.ofPhoto(canvas.size);
    var contents = maps.maps(photo, layers.content().keySet());
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

  private Painting paint(
      Canvas canvas, Map<String, GramMatrix> grams, PictureMaps maps, Watcher watcher) {
    var objective = maps.objective(canvas.size, loss(canvas, grams, maps), layers.variation());
    int steps = settings.steps;
    var ending = Ending.DONE;
    var losses = new Losses(0, 0, 0);
    int step = 0;
    var update = update(canvas.x, objective);
    try {
      for (var made = Made.STEP; step < steps && made == Made.STEP && ending == Ending.DONE; ) {
        made = update.step(step + 1);
        if (made == Made.NO_NUMBER) {
          ending = Ending.NOT_FINITE;
          break;
        }
        step++;
        losses = losses(objective.values());
        var progress = new Progress(canvas.scale, settings.scales, step, steps, losses);
        if (!watcher.after(progress, () -> image(canvas)) && step < steps) {
          ending = Ending.STOPPED;
        }
      }
    } catch (OutOfMemoryError e) {
      if (step == 0) {
        throw e;
      }
      ending = Ending.OUT_OF_MEMORY;
    }
    if (step == 0 && canvas.scale == 1) {
      throw new IllegalArgumentException(
          "the loss of the first step is no number, as weights that are too large make it:"
              + " check that the weights are the network's");
    }
    return new Painting(image(canvas), step, losses, ending);
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

  /** The picture as large as the photo, with the colours that it is to have. */
  private Image image(Canvas canvas) {
    float[] values =
        canvas.photo == canvas.size
            ? canvas.x.clone()
            : enlarged(canvas.x, canvas.size, canvas.photo);
    settings.colours.restore(values, canvas.photo);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(values[i], 0, 1);
    }
    return new Image(
        new Tensor(Shape.image(canvas.photo.height(), canvas.photo.width(), 3), values));
  }

  private enum Made {
    STEP,

    /** No step makes the loss smaller any more. */
    LAST,

    /** None, as the loss is no number. */
    NO_NUMBER
  }

  /** Makes steps. */
  private interface Update {
    Made step(int number);
  }

  private Update update(float[] x, PictureObjective objective) {
    return switch (settings.method) {
      case LBFGS -> {
        long memory = MEMORY_FLOATS / (2L * x.length);
        var steps =
            new Lbfgs(engine, objective::apply, x, Math.clamp(memory, LEAST_MEMORY, MOST_MEMORY));
        yield number ->
            !Double.isFinite(steps.step()) ? Made.NO_NUMBER : steps.ended() ? Made.LAST : Made.STEP;
      }
      case ADAM -> adam(x, objective);
    };
  }

  private Update adam(float[] x, PictureObjective objective) {
    var state = Optimizer.adam(ADAM_RATE).start(x.length);
    var gradient = new float[x.length];
    var before = x.clone();
    return number -> {
      if (!Double.isFinite(objective.apply(x, gradient))) {
        System.arraycopy(before, 0, x, 0, x.length);
        return Made.NO_NUMBER;
      }
      boolean last = number > settings.steps * (1 - LAST_PART);
      float rate = (float) (last ? ADAM_RATE / 10 : ADAM_RATE);
      engine.forEach(
          Math.ceilDiv(x.length, UPDATED),
          (task, worker) -> {
            int from = task * UPDATED;
            int count = Math.min(UPDATED, x.length - from);
            System.arraycopy(x, from, before, from, count);
            state.update(engine.kernels().updates(), x, gradient, from, count, rate, false, number);
            for (int i = from; i < from + count; i++) {
              x[i] = Math.clamp(x[i], 0, 1);
            }
          });
      return Made.STEP;
    };
  }
}
