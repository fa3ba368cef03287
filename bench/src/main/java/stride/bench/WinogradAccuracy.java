package stride.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import stride.data.ImageDataset;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.kernel.Kernels;
import stride.tensor.Shape;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.Trainer;
import stride.zoo.Zoo;

/**
 * Trains ResNet-20 with Winograd's kernels and without, from the same weights on the same batches,
 * and prints the accuracy of both: {@code WinogradAccuracy TRAIN.bin TEST.bin EPOCHS SEED...}, the
 * files in CIFAR-10's binary form.
 */
final class WinogradAccuracy {
  private WinogradAccuracy() {}

  public static void main(String[] args) throws IOException {
    var train = new Cifar(Files.readAllBytes(Path.of(args[0])));
    var test = new Cifar(Files.readAllBytes(Path.of(args[1])));
    int epochs = Integer.parseInt(args[2]);
    int threads = Runtime.getRuntime().availableProcessors();
    for (int i = 3; i < args.length; i++) {
      long seed = Long.parseLong(args[i]);
      try (var fast = Engine.with(threads, Kernels.best());
          var exact = Engine.exact(threads, Kernels.best())) {
        report("with Winograd", seed, train(train, test, epochs, seed, fast));
        report("without", seed, train(train, test, epochs, seed, exact));
      }
    }
  }

  private static EpochResult train(Cifar train, Cifar test, int epochs, long seed, Engine engine)
      throws IOException {
    var last = new EpochResult[1];
    Trainer.of(Zoo.find("resnet20").network())
        .optimizer(Optimizer.sgd(0.1).momentum(0.9).weightDecay(1e-4))
        .schedule(Schedule.cosine())
        .augmentation(new RandomShift(4))
        .batch(128)
        .epochs(epochs)
        .seed(seed)
        .engine(engine)
        .callback(
            new Callback() {
              @Override
              public void epoch(EpochResult result) {
                last[0] = result;
              }
            })
        .fit(train, test);
    return last[0];
  }

  private static void report(String what, long seed, EpochResult result) {
    IO.println(
        "%s, seed %d: training loss %.4f, training accuracy %.4f, test %s"
            .formatted(what, seed, result.loss(), result.accuracy(), result.test()));
  }

  /** Records of a label and 3,072 bytes: a plane of 32 x 32 each of red, green and blue. */
  private record Cifar(byte[] bytes) implements ImageDataset {
    private static final int PIXELS = 32 * 32;
    private static final int RECORD = 1 + 3 * PIXELS;

    @Override
    public Shape shape() {
      return Shape.image(32, 32, 3);
    }

    @Override
    public List<String> labels() {
      return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Override
    public Preprocessing preprocessing() {
      var mean = List.of(0.485, 0.456, 0.406);
      var deviation = List.of(0.229, 0.224, 0.225);
      return new Preprocessing(
          new Fit.Stretch(Resampling.BILINEAR), shape(), new Normalization(mean, deviation));
    }

    @Override
    public int size() {
      return bytes.length / RECORD;
    }

    @Override
    public int label(int index) {
      return bytes[index * RECORD];
    }

    @Override
    public void read(int index, float[] into, int offset) {
      int from = index * RECORD + 1;
      for (int p = 0; p < PIXELS; p++) {
        for (int c = 0; c < 3; c++) {
          into[offset + 3 * p + c] = (bytes[from + c * PIXELS + p] & 0xff) / 255f;
        }
      }
    }
  }
}
