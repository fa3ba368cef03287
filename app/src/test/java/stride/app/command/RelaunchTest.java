package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.sequential;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher here is a shell script")
class RelaunchTest {
  @TempDir Path temp;
  private Path picture;

  /** A launcher that writes down how it was called. */
  @BeforeEach
  void launcher() throws IOException {
    var launcher = temp.resolve("launcher");
    Files.writeString(
        launcher, "#!/bin/sh\necho \"$STRIDE_VECTORS $*\" >'" + said() + "'\nexit 3\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    System.setProperty("stride.launcher", launcher.toString());
    picture = temp.resolve("picture.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
  }

  @AfterEach
  void noLauncher() {
    System.clearProperty("stride.launcher");
  }

  private Path said() {
    return temp.resolve("said");
  }

  /** 2.5 G multiply-adds a picture for a size of 256, few weights. */
  private Path model(int size) throws IOException {
    var model = temp.resolve("model.safetensors");
    var layers =
        sequential(
            conv(64, 3).padding(1), conv(64, 3).padding(1), globalAvgPool(), flatten(), dense(2));
    Model.initialized(Network.of(Shape.image(size, size, 3), layers), 1).save(model);
    return model;
  }

  @Test
  void muchWorkIsHandedToAJvmWithVectors() throws IOException {
    var arguments = new Object[47];
    java.util.Arrays.fill(arguments, picture);
    arguments[0] = "predict";
    arguments[1] = model(256);
    var result = Stride.run(arguments);
    assertEquals(3, result.status());
    assertEquals("", result.out());
    assertEquals(
        "1 predict " + arguments[1] + (" " + picture).repeat(45), Files.readString(said()).strip());
  }

  @Test
  void littleWorkIsDoneHere() throws IOException {
    Stride.run("predict", model(8), picture).succeeds();
    assertFalse(Files.exists(said()));
  }
}
