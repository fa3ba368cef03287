package stride.network;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.image.Image;
import stride.image.Picture;
import stride.tensor.Tensor;

/**
 * What a network knows of an image before it names classes, and what its layers make of it; {@link
 * Model#featureExtractor()} makes it. As safe to share between threads as the model.
 */
public final class FeatureExtractor {
  private final Model model;
  private final Inference inference;

  FeatureExtractor(Model model, Engine engine) {
    this.model = model;
    inference = new Inference(model, engine);
  }

  /**
   * Returns the features of an image: the input of the network's head, the last dense or
   * convolution layer before the output. A ResNet-50's are 2,048 numbers.
   *
   * @param image of the network's input shape
   * @throws IllegalArgumentException as {@link #features(List)} does
   */
  public Tensor features(Image image) {
    return features(List.of(Inference.given(image, "the image"))).getFirst();
  }

  /**
   * Returns the features of each of some images.
   *
   * @param images of the network's input shape
   * @throws IllegalArgumentException if the network has no head, an image is of another shape or
   *     holds NaN or an infinity, or the features are no numbers because the weights are too large
   */
  public List<Tensor> features(List<Image> images) {
    var features = inference.ofImages(images, graph());
    features.forEach(tensor -> Answers.require(tensor.data(), 0, tensor.data().length, "feature"));
    return features;
  }

  private Graph graph() {
    return Inference.observed(model, Heads.features(model.network().graph()));
  }

  /**
   * Returns the features of a picture, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it cannot be prepared
   */
  public Tensor features(Picture picture) throws IOException {
    return inference.output(() -> model.preprocessing().prepare(picture), graph());
  }

  /** Returns the features of a picture of AWT, prepared as the model's preprocessing says. */
  public Tensor features(BufferedImage picture) throws IOException {
    return inference.output(() -> model.preprocessing().prepare(picture), graph());
  }

  /**
   * Returns the features of a picture file, prepared as the model's preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Tensor features(Path picture) throws IOException {
    return inference.output(() -> model.preprocessing().prepare(picture), graph());
  }

  /** Returns the features of a picture from a file's bytes, prepared as the model says. */
  public Tensor features(byte[] picture) throws IOException {
    return inference.output(() -> model.preprocessing().prepare(picture), graph());
  }

  /** Returns the features of a picture from a stream, which is not closed. */
  public Tensor features(InputStream picture) throws IOException {
    return inference.output(() -> model.preprocessing().prepare(picture), graph());
  }

  /**
   * Returns what a layer makes of an image: its output under its name, "layer1.0.conv1", before
   * anything that follows it.
   *
   * @param image of the network's input shape
   * @throws IllegalArgumentException if the network has no such layer; the message names some
   */
  public Tensor maps(Image image, String layer) {
    int edge = Inference.edge(model.network().graph(), layer);
    return inference.valuesAt(edge, inference.normalized(image));
  }
}
