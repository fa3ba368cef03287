package stride.app.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.app.Stride;
import stride.network.Model;
import stride.zoo.Zoo;

/** Every command that computes with a model understands its name alike. */
final class ModelSourceTest {
  @TempDir private Path temp;

  private Path picture;

  @BeforeEach
  void write() throws IOException {
    picture = temp.resolve("picture.png");
    ImageIO.write(new java.awt.image.BufferedImage(28, 28, 1), "png", picture.toFile());
    Files.createDirectories(temp.resolve("empty"));
    Files.writeString(Files.createDirectories(temp.resolve("begun")).resolve("config.json"), "{}");
  }

  /** What a name can stand for, and what is said of one that has no model. */
  static Stream<Arguments> commandsAndNames() {
    var said =
        Map.of(
            "resnet50", List.of("2", "is a network without weights", "--weights imagenet"),
            "plain20", List.of("2", "is a network without weights: give a file of them"),
            "resnet51", List.of("1", "resnet51", "resnet50"),
            "./resnet50", List.of("1", "resnet50: there is no such file"),
            "no.safetensors", List.of("1", "no.safetensors: there is no such file"),
            "empty", List.of("1", "it is a folder, but not that of a run", "name a saved model"),
            "begun", List.of("1", "holds no model yet: its first epoch is not over"),
            "picture.png", List.of("1", "picture.png", "no file of tensors"));
    return Stream.of("predict", "evaluate", "explain")
        .flatMap(
            command ->
                said.entrySet().stream()
                    .map(entry -> Arguments.of(command, entry.getKey(), entry.getValue())));
  }

  private Stride run(String command, Object model, Object... more) {
    var arguments =
        switch (command) {
          case "predict" -> List.of(command, model, picture);
          case "evaluate" -> List.of(command, model, "--data", "mnist");
          default -> List.of(command, model, picture, "--out", temp.resolve("explained"));
        };
    return Stride.run(Stream.concat(arguments.stream(), Stream.of(more)).toArray());
  }

  @ParameterizedTest
  @MethodSource("commandsAndNames")
  void aNameWithoutAModelIsRefusedAlike(String command, String name, List<String> said) {
    var path = temp.resolve(name);
    var ended = run(command, Files.exists(path) ? path : name);
    String[] parts = said.subList(1, said.size()).toArray(String[]::new);
    if (said.getFirst().equals("2")) {
      ended.refusesWith(parts);
    } else {
      ended.failsWith(parts);
    }
  }

  @ParameterizedTest
  @MethodSource("commandsAndNames")
  void withWeightsANameIsANetwork(String command, String name, List<String> said) {
    var ended = run(command, name, "--weights", "no.pth");
    if (name.equals("resnet50") || name.equals("plain20")) {
      ended.refusesWith("--weights no.pth: there is no such file, and no weights of that name");
    } else {
      ended.failsWith(name);
    }
  }

  @Test
  void theFolderOfARunIsItsModel() throws IOException {
    var run = temp.resolve("begun");
    Model.initialized(Zoo.find("mlp").network(), 1).save(run.resolve("best.safetensors"));
    assertEquals(0, run("predict", run).status(), "the model of the best epoch so far");
    Files.move(run.resolve("best.safetensors"), run.resolve("model.safetensors"));
    assertEquals(0, run("predict", run).status(), "the trained model");
  }
}
