package stride.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import stride.data.ImageFolder;

/**
 * Pictures that are learned from and measured with at once: the same files, by whatever path, or
 * copies of them, byte for byte.
 */
final class SamePictures {
  /**
   * Of so many bytes copies are looked for under any name, which takes a second or two; of more
   * under the same name only.
   */
  private static final long MOST_BYTES = 256L << 20;

  private SamePictures() {}

  /** Says so if there are any. */
  static Optional<String> remark(ImageFolder train, ImageFolder test) {
    var learned = files(train);
    var measured = files(test);
    // Only files of one size can be copies.
    keepCommon(learned, measured, SamePictures::size);
    if (bytes(learned) + bytes(measured) > MOST_BYTES) {
      keepCommon(learned, measured, file -> file.getFileName() + " " + size(file));
    }
    var contents = new HashMap<String, Path>();
    learned.forEach(file -> contents.putIfAbsent(contents(file), file));
    contents.remove("");
    int same = 0;
    var example = "";
    for (var file : measured) {
      var other = contents.get(contents(file));
      if (other != null && same++ == 0) {
        example = file.equals(other) ? file.toString() : "%s, which is %s".formatted(file, other);
      }
    }
    return same == 0
        ? Optional.empty()
        : Optional.of(
            Figures.format(
                "%s to measure with %s learned from too, so that the accuracy says too much: %s%s",
                Figures.count(same, "picture"),
                same == 1 ? "is" : "are",
                example,
                same == 1 ? "" : " and others"));
  }

  private static List<Path> files(ImageFolder images) {
    var files = new ArrayList<Path>();
    for (int i = 0; i < images.size(); i++) {
      files.add(images.file(i));
    }
    return files;
  }

  private static void keepCommon(List<Path> one, List<Path> other, Function<Path, Object> by) {
    var ofOther = new HashSet<Object>();
    other.forEach(file -> ofOther.add(by.apply(file)));
    var common = new HashSet<Object>();
    one.removeIf(
        file -> {
          var value = by.apply(file);
          if (ofOther.contains(value)) {
            common.add(value);
            return false;
          }
          return true;
        });
    other.removeIf(file -> !common.contains(by.apply(file)));
  }

  private static long bytes(List<Path> files) {
    return files.stream().mapToLong(SamePictures::size).sum();
  }

  /** A file's size; 0 if it cannot be had, which reading the picture will tell of. */
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** What is the same for files of the same bytes; empty if they cannot be read. */
  private static String contents(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
