package stride.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import stride.tensor.CounterRandom;

/** MNIST in small: four IDX files of images that a network learns in a second. */
public final class TinyImages {
  private static final int SIDE = 28;

  private TinyImages() {}

  /** Writes the files into a folder, which is made. */
  public static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    write(folder, "train", train, 1);
    write(folder, "t10k", test, 2);
    return folder;
  }

  /** A noisy bright bar across each image, whose height in it is the class. */
  private static void write(Path folder, String stem, int count, long seed) throws IOException {
    var images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
    images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
    var labels = ByteBuffer.allocate(8 + count);
    labels.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      int label = i % 10;
      labels.put((byte) label);
      long key = CounterRandom.key(seed, 0, i);
      for (int p = 0; p < SIDE * SIDE; p++) {
        int noise = CounterRandom.below(CounterRandom.bits(key, p), 60);
        int row = p / SIDE - 4 - 2 * label;
        images.put((byte) (row == 0 || row == 1 ? 255 - noise : noise));
      }
    }
    Files.write(folder.resolve(stem + "-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve(stem + "-labels-idx1-ubyte"), labels.array());
  }
}
