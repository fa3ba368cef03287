package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.format.TensorFile;
import stride.network.Model;
import stride.train.log.GradientLog;
import stride.train.log.MetricsLog;

/** A training writes the same files in every locale, and can be resumed in any other. */
final class LocalesTest {
  private static final Locale OWN = Locale.getDefault();

  @TempDir Path folder;

  @AfterEach
  void goHome() {
    Locale.setDefault(OWN);
  }

  private static Trainer trainer(Path run) throws IOException {
    Files.createDirectories(run);
    return Trainer.of(Toy.modern())
        .optimizer(Optimizer.sgd(0.0525).momentum(0.9))
        .schedule(Schedule.multiStep(0.25, 0.5).warmUp(0.125))
        .augmentation(new RandomShift(1))
        .updateOptions(UpdateOptions.NONE.averaged(0.5).clipNorm(1.5))
        .batches(6, 11)
        .epochs(2)
        .engine(Engine.shared())
        .callback(new MetricsLog(run.resolve("metrics.jsonl")))
        .callback(new GradientLog(run.resolve("gradients.jsonl"), Toy.modern()))
        .callback(new BestModel(run.resolve("best.safetensors")))
        .checkpoint(run.resolve("checkpoint.safetensors"));
  }

  private static Model fit(Trainer trainer) throws IOException {
    return trainer.fit(Toy.images(22, 1), Toy.images(8, 2));
  }

  /** Trains to the end in a country, saves the model in all forms, and gives the weights. */
  private static float[] train(Path run, Locale country) throws IOException {
    Locale.setDefault(country);
    var model = fit(trainer(run));
    model.save(run.resolve("model.safetensors"));
    model.savePyTorch(run.resolve("model.pth"));
    return Model.load(run.resolve("model.safetensors")).weights().values();
  }

  /** Returns a log without the times, which differ from run to run. */
  private static String lines(Path file) throws IOException {
    return Files.readString(file).replaceAll("\"(seconds|images_per_second)\":[^,}]*", "");
  }

  /** Returns the contents of a run's checkpoint without the times of its epochs. */
  private static Map<String, String> metadata(Path run) throws IOException {
    try (var file = TensorFile.open(run.resolve("checkpoint.safetensors"))) {
      var metadata = new TreeMap<>(file.metadata());
      metadata.replaceAll((name, value) -> value.replaceAll("\"seconds\":[^,}]*", ""));
      return metadata;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai", "hi-IN-u-nu-deva", "tr-TR", "de-DE", "ne-NP"})
  void filesReadTheSameAndAreGoneOnWithElsewhere(String tag) throws IOException {
    var country = Locale.forLanguageTag(tag);
    var here = folder.resolve("here");
    var there = folder.resolve("there");
    float[] expected = train(here, Locale.ROOT);
    assertArrayEquals(expected, train(there, country), tag);
    for (var name : List.of("model.safetensors", "model.pth", "best.safetensors")) {
      assertEquals(-1, Files.mismatch(here.resolve(name), there.resolve(name)), name);
    }
    for (var name : List.of("metrics.jsonl", "gradients.jsonl")) {
      assertEquals(lines(here.resolve(name)), lines(there.resolve(name)), name);
    }
    assertEquals(metadata(here), metadata(there), "of the checkpoint");

    for (var both : List.of(List.of(Locale.ROOT, country), List.of(country, Locale.ROOT))) {
      var run = folder.resolve("moving from " + both.getFirst());
      Locale.setDefault(both.getFirst());
      int[] step = {0};
      assertThrows(StoppedException.class, () -> fit(trainer(run).stopWhen(() -> ++step[0] == 5)));
      Locale.setDefault(both.getLast());
      assertArrayEquals(expected, fit(trainer(run).resume()).weights().values(), tag);
    }
  }

  /** The test would see nothing if the JVM did not write such digits. */
  @Test
  void someCountriesHaveDigitsOfTheirOwn() {
    for (var tag : List.of("ar-EG", "fa-IR", "th-TH-u-nu-thai", "hi-IN-u-nu-deva", "ne-NP")) {
      assertNotEquals("12", String.format(Locale.forLanguageTag(tag), "%d", 12), tag);
    }
  }
}
