package stride.network;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Picture;
import stride.tensor.Tensor;

/**
 * A model that says which classes images have; {@link Model#classifier()} makes it. As safe to
 * share between threads as the model.
 */
public final class Classifier {
  private final Model model;
  private final Inference inference;

  /**
   * A classifier that computes on an engine.
   *
   * @throws IllegalArgumentException if the task of the model is none of classes of images
   */
  Classifier(Model model, Engine engine) {
    if (!model.task().classifies()) {
      throw new IllegalArgumentException(
          "the model does not classify images, its task is %s; logits or outputs give its numbers"
              .formatted(model.task().key()));
    }
    this.model = model;
    inference = new Inference(model, engine);
  }

  /**
   * Classifies one image.
   *
   * @param image of the network's input shape
   * @throws IllegalArgumentException as {@link #classify(List)} does
   */
  public Classification classify(Image image) {
    return classify(List.of(Inference.given(image, "the image"))).getFirst();
  }

  /**
   * Classifies some images.
   *
   * @param images of the network's input shape
   * @throws IllegalArgumentException if an image is of another shape or holds NaN or an infinity,
   *     or the network's answer is none because its weights are too large
   */
  public List<Classification> classify(List<Image> images) {
    return inference.ofImages(images, model.network().graph()).stream()
        .map(this::classification)
        .toList();
  }

  /**
   * Classifies a picture, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it cannot be prepared
   */
  public Classification classify(Picture picture) throws IOException {
    return classified(() -> model.preprocessing().prepare(picture));
  }

  /**
   * Classifies a picture of AWT, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it cannot be prepared
   */
  public Classification classify(BufferedImage picture) throws IOException {
    return classified(() -> model.preprocessing().prepare(picture));
  }

  /**
   * Classifies a picture file, prepared as the model's preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Classification classify(Path picture) throws IOException {
    return classified(() -> model.preprocessing().prepare(picture));
  }

  /**
   * Classifies a picture from a file's bytes, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it is no picture, or one that cannot be prepared
   */
  public Classification classify(byte[] picture) throws IOException {
    return classified(() -> model.preprocessing().prepare(picture));
  }

  /**
   * Classifies a picture from a stream, prepared as the model's preprocessing says. The stream is
   * not closed; no more of it is read than {@link stride.image.PictureOptions#mostBytes} tells.
   *
   * @throws IOException if it cannot be read, is no picture, or one that cannot be prepared
   */
  public Classification classify(InputStream picture) throws IOException {
    return classified(() -> model.preprocessing().prepare(picture));
  }

  private Classification classified(Inference.PictureSource picture) throws IOException {
    return classification(inference.output(picture, model.network().graph()));
  }

  /**
   * Returns what the network's output says of an image.
   *
   * @param logits as {@link Model#logits} gives them
   * @throws IllegalArgumentException if they are not numbers, or not as many as the network has
   */
  public Classification classification(Tensor logits) {
    if (logits.data().length != model.network().output().elements()) {
      throw new IllegalArgumentException(
          "the network's output is %s, found %s"
              .formatted(model.network().output(), logits.shape()));
    }
    requireAnswer(logits.data());
    var probabilities = new ArrayList<Float>();
    var names = new ArrayList<String>();
    var labels = model.labels();
    float[] p = probabilities(logits.data());
    Answers.require(p, 0, p.length, "probability");
    for (int c = 0; c < p.length; c++) {
      probabilities.add(p[c]);
      names.add(labels.isEmpty() ? Integer.toString(c) : labels.get(c));
    }
    return new Classification(names, probabilities);
  }

  /** Minus infinity is an answer: a probability of 0. */
  private static void requireAnswer(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      if (!(logits[i] < Float.POSITIVE_INFINITY)) {
        throw Answers.none("output " + i, logits[i]);
      }
    }
  }

  private float[] probabilities(float[] logits) {
    float[] p = new float[logits.length];
    if (model.task() == Task.SINGLE_LABEL) {
      inference.engine().kernels().channelwise().softmax(logits, 0, 1, logits.length, p, 0);
      return p;
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (1 / (1 + Math.exp(-(double) logits[i])));
    }
    return model.task() == Task.BINARY ? new float[] {1 - p[0], p[0]} : p;
  }
}
