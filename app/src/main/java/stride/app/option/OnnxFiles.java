package stride.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import stride.app.console.UsageException;
import stride.app.run.RunFolder;
import stride.format.FormatException;
import stride.network.Model;
import stride.network.Network;
import stride.onnx.Onnx;
import stride.onnx.engine.InputLayout;
import stride.onnx.engine.InputShapes;
import stride.tensor.Shape;
import stride.zoo.Architecture;
import stride.zoo.Zoo;

/** Files that hold a model: Stride's own, and ONNX files, which end in .onnx. */
public final class OnnxFiles {
  private static final String SUFFIX = ".onnx";

  /** The network whose recipe a file's network has, which brings none. */
  private static final String RECIPE = "resnet18";

  private OnnxFiles() {}

  /** Whether a file is an ONNX file by its name. */
  public static boolean is(Path file) {
    return is(String.valueOf(file.getFileName()));
  }

  /** Whether a name is that of an ONNX file. */
  public static boolean is(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
  }

  /**
   * Reads a model.
   *
   * @param images the images' shape, where an ONNX file leaves it open; null for what it says
   * @param layout how an ONNX file's images lie; null for what their channels tell
   * @throws UsageException if the shape or the layout is given for another kind of file
   * @throws IOException if it cannot be read
   */
  public static Model load(Path file, @Nullable Shape images, @Nullable InputLayout layout)
      throws IOException {
    if (is(file)) {
      return Onnx.load(file, new InputShapes(images, layout));
    }
    if (images != null || layout != null) {
      throw new UsageException(
          "--input and --layout go with ONNX files, which may leave the images' shape open, found %s"
              .formatted(file));
    }
    return Model.load(file);
  }

  /**
   * Reads a model for images of a shape, which is the file's where that is open, and which the
   * network is fitted to where the file has another.
   *
   * @param images the images' shape; null for what the file says
   * @param layout how an ONNX file's images lie; null for what their channels tell
   * @throws IOException if it cannot be read
   */
  public static Model fitted(Path file, @Nullable Shape images, @Nullable InputLayout layout)
      throws IOException {
    Model model;
    try {
      model = load(file, null, layout);
    } catch (IllegalArgumentException e) {
      if (images == null || !is(file)) {
        throw e;
      }
      // The file leaves the shape open.
      return load(file, images, layout);
    }
    return images == null || model.network().input().equals(images)
        ? model
        : model.withInput(images);
  }

  /**
   * Returns what a name says, a network of the zoo, or that of a model: an ONNX file, a saved model
   * or the folder of a run.
   *
   * @param images the images' shape; null for what the network was made for
   * @param layout how an ONNX file's images lie; null for what their channels tell
   * @throws IllegalArgumentException if there is neither a file nor a network of that name
   * @throws IOException if it cannot be read
   */
  public static Architecture named(
      String name, @Nullable Shape images, @Nullable InputLayout layout) throws IOException {
    var path = Path.of(name);
    if (Files.isDirectory(path) && RunFolder.isRun(path)) {
      return architecture(ModelSource.ofRun(path), images, null);
    }
    boolean file = Files.isRegularFile(path) || name.contains(".") || name.contains("/");
    return file ? architecture(path, images, layout) : Zoo.find(name);
  }

  /**
   * Returns a model's network as one of the zoo's kind.
   *
   * @param images the images' shape; null for what the file says
   * @param layout how an ONNX file's images lie; null for what their channels tell
   * @throws IOException if it cannot be read
   */
  public static Architecture architecture(
      Path file, @Nullable Shape images, @Nullable InputLayout layout) throws IOException {
    var network = fitted(file, images, layout).network();
    if (network.inputs().size() > 1) {
      throw new FormatException(
          "%s: takes %d inputs (%s), where one of images is expected; \"stride run\" computes it"
              .formatted(
                  file, network.inputs().size(), String.join(", ", network.inputs().keySet())));
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return new Architecture(
        dot > 0 ? name.substring(0, dot) : name,
        "the network of " + file,
        network.input(),
        network.output().elements(),
        (input, classes) -> made(network, input, classes),
        Zoo.find(RECIPE).recipe());
  }

  private static Network made(Network network, Shape input, int classes) {
    var sized = network.input().equals(input) ? network : network.withInput(input);
    return sized.output().elements() == classes ? sized : sized.withHead(classes);
  }

  /**
   * Returns the architecture of a training: its network's or, if the weights are an ONNX file, that
   * file's.
   *
   * @param weights as {@code --weights} names them; null if they are not given
   * @param images the images' shape; null for what the file says
   * @param layout how an ONNX file's images lie; null for what their channels tell
   * @throws IOException if the file cannot be read
   */
  public static Architecture architecture(
      String network,
      @Nullable String weights,
      @Nullable Shape images,
      @Nullable InputLayout layout)
      throws IOException {
    return weights != null && is(weights)
        ? architecture(Path.of(weights), images, layout)
        : Zoo.find(network);
  }
}
