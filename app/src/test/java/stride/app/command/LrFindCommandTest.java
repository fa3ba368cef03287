package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;
import stride.app.TinyImages;

class LrFindCommandTest {
  @TempDir Path temp;

  @Test
  void suggestsATenthOfTheRateWithTheSmallestLossAndDrawsThem() throws Exception {
    var images = TinyImages.write(temp.resolve("images"), 200, 20);
    var out = temp.resolve("rates.svg");
    var json =
        Stride.run(
                "lr-find",
                "lenet5",
                "--data",
                "mnist",
                "--data-dir",
                images,
                "--batch",
                20,
                "--from",
                1e-4,
                "--to",
                10,
                "--steps",
                30,
                "--out",
                out,
                "--json")
            .json();
    double best = (Double) json.get("smallest_loss_lr");
    assertTrue(best > 1e-3 && best < 10, json.toString());
    assertEquals(best / 10, (Double) json.get("suggested_lr"), 1e-12);
    assertTrue(Files.readString(out).contains("learning rate"));
  }

  @Test
  void refusesOptionsThatWouldChangeNothing() throws Exception {
    for (var option : List.of("--epochs", "--lr", "--warmup-epochs", "--early-stopping")) {
      Stride.run("lr-find", "lenet5", "--data", "mnist", option, 3)
          .refusesWith(option + " does not go with lr-find");
    }
    var photo = Files.createFile(temp.resolve("photo.png"));
    Stride.run("lr-find", "style_8", "--data", temp, "--style", photo, "--test-photo", photo)
        .refusesWith("--test-photo does not go with lr-find");
  }

  @Test
  void takesTheOptionsOfTheDataAsATrainingDoes() {
    Stride.run("lr-find", "lenet5", "--data", "mnist", "--skip-broken")
        .refusesWith("--skip-broken goes with pictures in files", "mnist");
    Stride.run("lr-find", "lenet5", "--data", "mnist", "--from", 1, "--to", 0.1)
        .refusesWith("--from", "--to");
  }
}
