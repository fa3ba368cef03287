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
import stride.image.Preprocessing;
import stride.network.Model;
import stride.zoo.Zoo;

/**
 * Runs the commands that have little to compute, on a small network and made-up pictures. The
 * launcher runs it once after a build, for the JVM to remember what they load and call (an AOT
 * cache, JEP 483 and 515).
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
      predict(folder, "--json");
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

  private static void predict(Path folder, String... options) throws IOException {
    var network = Zoo.find("resnet20").network();
    var labels = new ArrayList<String>();
    for (int c = 0; c < network.output().elements(); c++) {
      labels.add("class " + c);
    }
    var preprocessing = Preprocessing.imageNet(network.input().width()).resize(40);
    var model = folder.resolve("model.safetensors");
    new Model(network, Model.initialized(network, 1).weights(), labels, preprocessing).save(model);
    var arguments = new ArrayList<>(List.of("predict", model.toString()));
    var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < PICTURES; i++) {
      picture.setRGB(i, i, 0xFF0000 + i);
      String format = i % 2 == 0 ? "png" : "jpg";
      var file = folder.resolve(i + "." + format);
      ImageIO.write(picture, format, file.toFile());
      arguments.add(file.toString());
    }
    arguments.addAll(List.of(options));
    run(arguments.toArray(String[]::new));
  }

  private static void run(String... arguments) {
    var nowhere = new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    int status = Main.run(new Console(nowhere, nowhere, Terminal.ofStandardError()), arguments);
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", arguments) + " ended with " + status);
    }
  }
}
