package stride.detection;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Pictures;
import stride.layer.Size;
import stride.network.Model;
import stride.tensor.Numbers;
import stride.tensor.Shape;
import stride.train.Loss;

/**
 * A model that says what is where in pictures. As safe to share between threads as the model.
 *
 * <pre>{@code
 * Detector.of(Model.load(file)).minScore(0.5).detect(Path.of("street.jpg")).forEach(IO::println);
 * }</pre>
 */
public final class Detector {
  private final Model model;
  private final DetectionMethod method;
  private final SizedNetworks networks;
  private final Engine engine;
  private final Limits limits;

  private Detector(
      Model model, DetectionMethod method, SizedNetworks networks, Engine engine, Limits limits) {
    this.model = model;
    this.method = method;
    this.networks = networks;
    this.engine = engine;
    this.limits = limits;
  }

  /**
   * {@return a detector that computes on the shared engine}
   *
   * @param model a model with a {@link DetectionMethod}
   * @throws IllegalArgumentException if the model has none
   */
  public static Detector of(Model model) {
    return of(model, Engine.shared());
  }

  /**
   * {@return a detector that computes on an engine}
   *
   * @param model a model with a {@link DetectionMethod}
   * @param engine the engine; the caller closes it
   * @throws IllegalArgumentException if the model has no such method
   */
  public static Detector of(Model model, Engine engine) {
    if (!(model.method() instanceof DetectionMethod method)) {
      throw new IllegalArgumentException(
          "the model does not find boxes: its task is %s, and it has no method of detection"
              .formatted(model.task().key()));
    }
    return new Detector(model, method, new SizedNetworks(model), engine, method.limits());
  }

  /** {@return the model} */
  public Model model() {
    return model;
  }

  /** {@return what makes boxes of the network's outputs} */
  public DetectionMethod method() {
    return method;
  }

  /** {@return which boxes are given} */
  public Limits limits() {
    return limits;
  }

  /**
   * {@return the name of what was found; the number of its class if the model has no labels}
   *
   * @param detection what this detector found
   * @throws IndexOutOfBoundsException if another one found it, and this one has no such class
   */
  public String name(Detection detection) {
    return model.labels().isEmpty()
        ? Integer.toString(detection.label())
        : model.labels().get(detection.label());
  }

  /**
   * {@return a detector that gives only boxes with scores above this one}
   *
   * @param score from 0 to below 1
   * @throws IllegalArgumentException if it is another number
   */
  public Detector minScore(double score) {
    return with(new Limits(score, limits.maxBoxes()));
  }

  /**
   * {@return a detector that gives only the boxes of a picture with the highest scores}
   *
   * @param boxes the largest number of boxes of a picture, at least 1
   * @throws IllegalArgumentException if it is less
   */
  public Detector maxBoxes(int boxes) {
    return with(new Limits(limits.minScore(), boxes));
  }

  private Detector with(Limits limits) {
    return new Detector(model, method, networks, engine, limits);
  }

  /**
   * Returns what is in a picture file, the surest first. The picture is decoded when fewer callers
   * compute than may, so that those that wait hold no picture.
   *
   * @param picture the file
   * @return boxes in pixels of the picture, as it is seen: turned as its EXIF orientation says
   * @throws IOException if it is no picture or cannot be read; the message names it
   * @throws IllegalArgumentException as {@link #detectPrepared} does
   */
  public List<Detection> detect(Path picture) throws IOException {
    return engine.withPlace(() -> detect(Pictures.decode(picture)));
  }

  /**
   * {@return what is in a picture of AWT, the surest first}
   *
   * @param picture the picture
   * @throws IllegalArgumentException as {@link #detectPrepared} does
   */
  public List<Detection> detect(BufferedImage picture) {
    return detect(Picture.of(picture));
  }

  /**
   * {@return what is in a picture, the surest first}
   *
   * @param picture the picture
   * @throws IllegalArgumentException as {@link #detectPrepared} does
   */
  public List<Detection> detect(Picture picture) {
    return detect(List.of(picture)).getFirst();
  }

  /**
   * Returns what is in some pictures, which are computed as one batch: one as large as the largest.
   *
   * @param pictures of any sizes
   * @return what is in each, the surest first
   * @throws IllegalArgumentException as {@link #detectPrepared} does
   */
  public List<List<Detection>> detect(List<Picture> pictures) {
    return engine.withPlace(() -> detectPrepared(pictures.stream().map(this::prepare).toList()));
  }

  /**
   * Returns what is in some images, which are computed as one batch.
   *
   * @param images of any heights and widths; values in [0, 1]
   * @return what is in each, the surest first
   * @throws IllegalArgumentException if an image has not as many channels as the network takes, or
   *     holds NaN or an infinity, or as {@link #detectPrepared} throws it
   */
  public List<List<Detection>> detectImages(List<Image> images) {
    for (var image : images) {
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
    }
    return engine.withPlace(
        () -> detectPrepared(images.stream().map(image -> prepared(Rescaling.of(image))).toList()));
  }

  /**
   * Resizes and normalises a picture as {@link #detect} does. What it makes is small, so that a
   * large picture need not be kept while it waits for others to be computed with.
   *
   * @param picture the picture
   * @return it, for {@link #detectPrepared}
   */
  public PreparedPicture prepare(Picture picture) {
    int channels = model.network().input().channels();
    return prepared(Rescaling.of(picture, channels, method.resizesBytes()));
  }

  private PreparedPicture prepared(Rescaling picture) {
    var own = model.network().input();
    var input = new Size(own.height(), own.width());
    return new PreparedPicture(
        picture, method.resized(picture.size(), input), method, model.preprocessing());
  }

  /**
   * Returns what is in some pictures, which are computed as one batch. Boxes are cut off at the
   * edges of their picture, as torchvision does: one that lies outside has no area.
   *
   * @param pictures that this detector, or one of the same model, has prepared
   * @return what is in each, the surest first, in pixels of the picture before it was prepared
   * @throws IllegalArgumentException if a picture was prepared by a detector of another kind, or
   *     the network's answer is none because its weights are too large
   */
  public List<List<Detection>> detectPrepared(List<PreparedPicture> pictures) {
    if (pictures.isEmpty()) {
      return List.of();
    }
    if (!pictures.stream().allMatch(one -> one.isFor(method, model.preprocessing()))) {
      throw new IllegalArgumentException(
          "a picture was prepared for a model of another kind; prepare it with this detector");
    }
    var sizes = pictures.stream().map(PreparedPicture::resized).toList();
    var batch = batchSize(sizes);
    var input = Shape.image(batch.height(), batch.width(), model.network().input().channels());
    var sized = networks.of(input);
    var names = method.outputs().toArray(String[]::new);
    var found =
        engine.withPlan(
            sized.network().graph(),
            sized.weights(),
            pictures.size(),
            Purpose.inference().withOutputs(names[0], names),
            plan -> {
              var into = plan.input();
              for (int n = 0; n < pictures.size(); n++) {
                Arrays.fill(into.array(), into.at(n), into.at(n) + into.stride(), 0);
                pictures.get(n).write(into.array(), into.at(n), input.width() * input.channels());
              }
              plan.forward(pictures.size());
              var outputs = Loss.Outputs.of(plan);
              Computed.requireNumbers(outputs, method.outputs(), pictures.size());
              return method.boxes(
                  new Computed(sized.network(), sized.weights(), engine, outputs, sizes), limits);
            });
    var detections = new ArrayList<List<Detection>>();
    for (int n = 0; n < pictures.size(); n++) {
      detections.add(found.get(n).within(sizes.get(n), pictures.get(n).picture()));
    }
    return detections;
  }

  /** The smallest size that holds all, with sides that are multiples of the method's number. */
  private Size batchSize(List<Size> sizes) {
    int height = sizes.stream().mapToInt(Size::height).max().orElseThrow();
    int width = sizes.stream().mapToInt(Size::width).max().orElseThrow();
    return new Size(
        Math.ceilDiv(height, method.multiple()) * method.multiple(),
        Math.ceilDiv(width, method.multiple()) * method.multiple());
  }
}
