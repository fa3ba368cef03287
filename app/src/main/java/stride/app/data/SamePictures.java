package stride.app.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import stride.app.console.Figures;
import stride.data.ImageFolder;

/**
 * Pictures that are learned from and measured with at once: the same files, by whatever path, or
 * copies of them, byte for byte.
 */
final class SamePictures {
  /**
   * Data sets of up to this many bytes are searched for copies under any name, which takes a second
   * or two. In larger ones only files of the same name are compared.
   */
  private static final long MAX_BYTES = 256L << 20;

  private SamePictures() {}

  /** Says so if there are any. */
  static Optional<String> remark(ImageFolder train, ImageFolder test) {
    return remark(train, test, MAX_BYTES);
  }

  static Optional<String> remark(ImageFolder train, ImageFolder test, long mostBytes) {
    var learned = files(train);
    var measured = files(test);
    // Only files of one size can be copies.
    keepCommon(learned, measured, Sized::size);
    if (bytes(learned) + bytes(measured) > mostBytes) {
      keepCommon(learned, measured, sized -> sized.file.getFileName() + " " + sized.size);
    }
    var contents = new HashMap<String, Path>();
    learned.forEach(sized -> contents.putIfAbsent(contents(sized.file), sized.file));
    contents.remove("");
    var same =
        measured.stream().filter(sized -> contents.containsKey(contents(sized.file))).toList();
    if (same.isEmpty()) {
      return Optional.empty();
    }
    var file = same.getFirst().file;
    var other = Objects.requireNonNull(contents.get(contents(file)));
    return Optional.of(
        "%s to measure with %s learned from too, so that the accuracy says too much: %s%s%s"
            .formatted(
                Figures.count(same.size(), "picture"),
                same.size() == 1 ? "is" : "are",
                file,
                file.equals(other) ? "" : ", which is " + other,
                same.size() == 1 ? "" : " and others"));
  }

  private record Sized(Path file, long size) {}

  private static List<Sized> files(ImageFolder images) {
    var files = new ArrayList<Sized>();
    for (int i = 0; i < images.size(); i++) {
      try {
        files.add(new Sized(images.file(i), Files.size(images.file(i))));
      } catch (IOException e) {
        // Whoever reads the picture says so.
      }
    }
    return files;
  }

  private static void keepCommon(List<Sized> one, List<Sized> other, Function<Sized, Object> by) {
    var common = other.stream().map(by).collect(Collectors.toSet());
    common.retainAll(one.stream().map(by).collect(Collectors.toSet()));
    one.removeIf(sized -> !common.contains(by.apply(sized)));
    other.removeIf(sized -> !common.contains(by.apply(sized)));
  }

  private static long bytes(List<Sized> files) {
    return files.stream().mapToLong(Sized::size).sum();
  }

  /** What is the same for files of the same bytes; empty if they cannot be read. */
  private static String contents(Path file) {
    try (var in = Files.newInputStream(file)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var part = new byte[1 << 16];
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        digest.update(part, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
