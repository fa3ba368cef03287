package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import stride.app.console.UsageException;
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
   * Returns a file's network as one of the zoo's kind.
   *
   * @throws IOException if it cannot be read
   */
  public static Architecture architecture(Path file) throws IOException {
    return architecture(file, null, null);
  }

  /**
   * Returns a file's network as one of the zoo's kind.
   *
   * @param images the images' shape, where the file leaves it open; null for what it says
   * @param layout how images lie; null for what their channels tell
   * @throws IOException if it cannot be read
   */
  public static Architecture architecture(
      Path file, @Nullable Shape images, @Nullable InputLayout layout) throws IOException {
    var network = load(file, images, layout).network();
    String name = String.valueOf(file.getFileName());
    return new Architecture(
        name.substring(0, name.length() - SUFFIX.length()),
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
   * @throws IOException if the file cannot be read
   */
  public static Architecture architecture(String network, @Nullable String weights)
      throws IOException {
    return weights != null && is(weights) ? architecture(Path.of(weights)) : Zoo.find(network);
  }
}
