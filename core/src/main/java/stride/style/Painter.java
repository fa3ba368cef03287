package stride.style;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.ShapeException;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.layer.Size;
import stride.network.Answers;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Numbers;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * A model that makes pictures of pictures. As safe to share between threads as the model.
 *
 * <pre>{@code
 * Painter.of(Model.load(file)).paint(Path.of("photo.jpg")).savePng(Path.of("painted.png"));
 * }</pre>
 *
 * <p>Pictures may have any size whose largest map has less than 2^31 values, which is 33 megapixels
 * with {@code style} and 134 with {@code style_8}; what is painted has the same one, or that times
 * the factor by which the network's output is larger than its input. A network that makes a little
 * more, because it halves and doubles its maps, is cut off on the right and below. The colours of
 * its output are meant as the model's preprocessing makes those of its input: values of 0 to 1 of
 * each channel, normalised.
 *
 * <p>A picture whose maps do not fit into a part of the memory is computed in bands of rows, which
 * gives the same colours up to rounding and takes longer: instance norms, whose statistics are the
 * whole picture's, are then computed one after another. Networks with other layers than
 * convolutions, paddings, norms, activations, sums and doublings are always computed in one piece.
 */
public final class Painter {
  /** So many maps of the largest size are in memory together, about. */
  private static final long MAPS_AT_ONCE = 4;

  private static final int LEAST_BAND = 1 << 20;
  private static final int LARGEST_BAND = 1 << 25;

  private final Model model;
  private final Engine engine;
  private final long memory;

  private Painter(Model model, Engine engine, long memory) {
    this.model = model;
    this.engine = engine;
    this.memory = memory;
  }

  /**
   * {@return a painter that computes on the shared engine}
   *
   * @param model a model whose task are images
   * @throws IllegalArgumentException if the model has another task, or makes pictures with other
   *     channels than it takes
   */
  public static Painter of(Model model) {
    return of(model, Engine.shared());
  }

  /**
   * {@return a painter that computes on an engine}
   *
   * @param model a model whose task are images
   * @param engine the engine; the caller closes it
   * @throws IllegalArgumentException if the model has another task, or makes pictures with other
   *     channels than it takes
   */
  public static Painter of(Model model, Engine engine) {
    if (model.task() != Task.IMAGE) {
      throw new IllegalArgumentException(
          "the model does not paint: its task is %s, that of a painter is %s"
              .formatted(model.task().key(), Task.IMAGE.key()));
    }
    var network = model.network();
    if (network.output().channels() != network.input().channels()) {
      throw new IllegalArgumentException(
          "the network makes %s of %s: a painter gives as many channels as it takes"
              .formatted(network.output(), network.input()));
    }
    return new Painter(model, engine, Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * {@return the same painter, which paints a picture in bands if in one piece it would need more
   * memory}
   *
   * @param bytes of a picture's maps; by default half of what the JVM may use
   */
  public Painter memory(long bytes) {
    return new Painter(model, engine, bytes);
  }

  /** {@return the model} */
  public Model model() {
    return model;
  }

  /**
   * Paints a picture file.
   *
   * @param picture the file, turned as its EXIF orientation says
   * @return the painted picture
   * @throws IOException if it is no picture or cannot be read; the message names it
   * @throws IllegalArgumentException as {@link #paint(Picture)} does
   */
  public Pixels paint(Path picture) throws IOException {
    return paint(Pictures.decode(picture));
  }

  /**
   * {@return the painted picture}
   *
   * @param picture the picture
   * @throws IllegalArgumentException as {@link #paint(Picture)} does
   */
  public Pixels paint(BufferedImage picture) {
    return paint(Picture.of(picture));
  }

  /**
   * Paints a picture. Transparency is ignored.
   *
   * @param picture of any size that the network can take
   * @return the painted picture
   * @throws IllegalArgumentException if the picture is too small for the network or larger than
   *     arrays are, or the network makes numbers that are none
   */
  public Pixels paint(Picture picture) {
    int channels = model.network().input().channels();
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "pictures have 1 or 3 channels, the network takes %d: paint images".formatted(channels));
    }
    var pixels = channels == 1 ? picture.grey() : picture.rgb();
    var pass = new Pass(pixels.height(), pixels.width());
    int rowLength = pixels.width() * channels;
    byte[] data = new byte[pass.length()];
    pass.run(
        (from, to, into, at) -> {
          int n = (to - from) * rowLength;
          for (int i = 0; i < n; i++) {
            into[at + i] = (pixels.data()[from * rowLength + i] & 0xFF) / 255f;
          }
        },
        (values, n, at) -> {
          for (int i = 0; i < n; i++) {
            data[at + i] = (byte) Math.round(255 * Math.clamp(values[i], 0f, 1f));
          }
        });
    return new Pixels(pass.size.height(), pass.size.width(), channels, data);
  }

  /**
   * Paints an image.
   *
   * @param image (H, W, C) with values in [0, 1], of any height and width that the network can take
   * @return the painted image; its values may lie outside of [0, 1]
   * @throws IllegalArgumentException if it has other channels than the network takes, holds NaN or
   *     an infinity, or as {@link #paint(Picture)} does
   */
  public Image paint(Image image) {
    var shape = image.shape();
    int channels = model.network().input().channels();
    if (!shape.isImage() || shape.channels() != channels) {
      throw new IllegalArgumentException(
          "the network takes images of %d channels, found %s".formatted(channels, shape));
    }
    int bad = Numbers.firstNotFinite(image.data(), 0, image.data().length);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the image holds %s (its value %d), expected numbers from 0 to 1"
              .formatted(image.data()[bad], bad));
    }
    var pass = new Pass(shape.height(), shape.width());
    int rowLength = shape.width() * channels;
    var data = new float[pass.length()];
    pass.run(
        (from, to, into, at) ->
            System.arraycopy(image.data(), from * rowLength, into, at, (to - from) * rowLength),
        (values, n, at) -> System.arraycopy(values, 0, data, at, n));
    return new Image(
        new Tensor(Shape.image(pass.size.height(), pass.size.width(), channels), data));
  }

  /** Takes values of painted rows, one after another. */
  private interface Canvas {
    /**
     * @param values of the painted picture from {@code at} on, not normalised any more
     */
    void take(float[] values, int n, int at);
  }

  /** A picture of one size on its way through the network. */
  private final class Pass {
    final Network network;

    /** Of what is painted. */
    final Size size;

    private final int channels;

    Pass(int height, int width) {
      var own = model.network();
      channels = own.input().channels();
      try {
        var shape = Shape.image(height, width, channels);
        network = own.input().equals(shape) ? own : own.withInput(shape);
      } catch (ShapeException e) {
        throw new IllegalArgumentException(
            "the network cannot paint a picture of %dx%d: %s"
                .formatted(width, height, e.getMessage()),
            e);
      }
      size =
          new Size(
              painted(height, own.input().height(), own.output().height()),
              painted(width, own.input().width(), own.output().width()));
      if (network.output().height() < size.height() || network.output().width() < size.width()) {
        throw new IllegalArgumentException(
            "the network makes %s of a picture of %dx%d, which is not of the same size nor a multiple of it"
                .formatted(network.output(), width, height));
      }
      if ((long) size.height() * size.width() * channels > Integer.MAX_VALUE - 64) {
        throw new IllegalArgumentException(
            "a painted picture of %dx%d is larger than an array: paint a smaller one"
                .formatted(size.width(), size.height()));
      }
    }

    /** A side of what is painted: the picture's, times what the network makes larger. */
    private static int painted(int side, int input, int output) {
      return Math.toIntExact((long) side * Math.max(1, Math.round((double) output / input)));
    }

    int length() {
      return size.height() * size.width() * channels;
    }

    void run(BandedPass.RowSource picture, Canvas canvas) {
      var normalization = model.preprocessing().normalization();
      int rowLength = network.input().width() * channels;
      BandedPass.RowSource source =
          (from, to, into, at) -> {
            picture.read(from, to, into, at);
            normalization.apply(into, at, (to - from) * rowLength);
          };
      BandedPass.RowSink sink = (from, to, values, at) -> take(canvas, from, to, values, at);
      long largest =
          network.graph().nodes().stream()
              .mapToLong(node -> node.output().shape().elements())
              .max()
              .orElse(0);
      if (MAPS_AT_ONCE * Float.BYTES * largest > memory && BandedPass.isPossible(network.graph())) {
        int band = Math.clamp(memory / 16 / Float.BYTES, LEAST_BAND, LARGEST_BAND);
        new BandedPass(engine, network.graph(), model.weights(), band).run(source, sink);
        return;
      }
      engine.withPlan(
          network.graph(),
          model.weights().part(network.graph()),
          1,
          Purpose.inference(),
          plan -> {
            source.read(0, network.input().height(), plan.input().array(), plan.input().at(0));
            plan.forward(1);
            var output = plan.output(Graph.OUTPUT);
            sink.write(0, network.output().height(), output.array(), output.at(0));
            return true;
          });
    }

    /** Takes what is the picture's of some rows of the output. */
    private void take(Canvas canvas, int from, int to, float[] values, int at) {
      int whole = network.output().width() * channels;
      int rowLength = size.width() * channels;
      var row = new float[rowLength];
      for (int y = from; y < Math.min(to, size.height()); y++) {
        System.arraycopy(values, at + (y - from) * whole, row, 0, rowLength);
        int bad = Numbers.firstNotFinite(row, 0, rowLength);
        if (bad >= 0) {
          throw Answers.failure(
              "the network paints %s at row %d, column %d".formatted(row[bad], y, bad / channels));
        }
        model.preprocessing().normalization().undo(row, 0, rowLength);
        canvas.take(row, rowLength, y * rowLength);
      }
    }
  }
}
