package stride.app;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import stride.app.console.Console;
import stride.app.console.Terminal;
import stride.network.Model;
import stride.onnx.Onnx;
import stride.zoo.Zoo;

/**
 * Runs the commands that have little to compute, on a small network and made-up pictures. The
 * launcher runs it once after a build, for the JVM to remember what they load and link (an AOT
 * cache, JEP 483).
 */
final class Rehearsal {
  private static final int SIZE = 64;
  private static final int PICTURES = 20;

  private Rehearsal() {}

  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    System.setProperty("java.awt.headless", "true");
    var folder = Files.createTempDirectory("stride");
    try {
      run("networks");
      run("summary", "resnet18");
      run("predict", "--help");
      predict(folder);
    } finally {
      try (var files = Files.list(folder)) {
        for (var file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /** Saved models, weights of both kinds of files, and an ONNX file. */
  private static void predict(Path folder) throws IOException {
    var pictures = new ArrayList<String>();
    var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < PICTURES; i++) {
      picture.setRGB(i, i, 0xFF0000 + i);
      String format = i % 2 == 0 ? "png" : "jpg";
      var file = folder.resolve(i + "." + format);
      ImageIO.write(picture, format, file.toFile());
      pictures.add(file.toString());
    }
    var small = Zoo.find("resnet20");
    var weights = folder.resolve("small.pth");
    var model = folder.resolve("model.safetensors");
    small.described(Model.initialized(small.network(), 1), model).save(model);
    Model.initialized(small.network(), 1).savePyTorch(weights);
    predict(pictures, model.toString());
    predict(pictures, small.name(), "--weights", weights.toString());
    var large = Zoo.find("squeezenet1_1");
    for (String suffix : List.of(".pth", ".safetensors", ".onnx")) {
      var file = folder.resolve("large" + suffix);
      var made = Model.initialized(large.network(), 1);
      var two = pictures.subList(0, 2);
      switch (suffix) {
        case ".pth" -> made.savePyTorch(file);
        case ".onnx" -> Onnx.save(made, file);
        default -> made.save(file);
      }
      if (suffix.equals(".onnx")) {
        predict(two, file.toString());
      } else {
        predict(two, large.name(), "--weights", file.toString());
      }
    }
  }

  private static void predict(List<String> pictures, String... options) {
    for (var format : List.of(List.<String>of(), List.of("--json"))) {
      var arguments = new ArrayList<>(List.of("predict"));
      arguments.addAll(List.of(options));
      arguments.addAll(pictures);
      arguments.addAll(format);
      run(arguments.toArray(String[]::new));
    }
  }

  private static void run(String... arguments) {
    var nowhere = new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    int status = Main.run(new Console(nowhere, nowhere, Terminal.ofStandardError()), arguments);
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", arguments) + " ended with " + status);
    }
  }
}
