package stride.spark;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which pictures a training has, without the pictures: those to learn from, then those to measure
 * with. The driver makes it, and every executor has it.
 */
final class PictureTable implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<String> classes;
  private final int[] labels;
  private final int training;

  /** The paths of the pictures; null if rows hold them. */
  private final byte @Nullable [][] paths;

  /** The keys of the pictures in rows; null if they are files. */
  private final PictureKey @Nullable [] keys;

  /**
   * Makes the table.
   *
   * @param classes the names of the classes
   * @param rows the pictures to learn from, then those to measure with
   * @param labels the class of each
   * @param training how many are to learn from
   */
  PictureTable(List<String> classes, List<PictureRows.Entry> rows, int[] labels, int training) {
    this.classes = List.copyOf(classes);
    this.labels = labels;
    this.training = training;
    boolean files = !rows.isEmpty() && rows.getFirst().path() != null;
    paths =
        files
            ? rows.stream()
                .map(row -> String.valueOf(row.path()).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new)
            : null;
    keys = files ? null : rows.stream().map(PictureRows.Entry::key).toArray(PictureKey[]::new);
  }

  List<String> classes() {
    return classes;
  }

  /** The number of pictures to learn from. */
  int training() {
    return training;
  }

  /** The number of all pictures. */
  int size() {
    return labels.length;
  }

  int label(int picture) {
    return labels[picture];
  }

  /** Whether the pictures are files, which every executor can read. */
  boolean areFiles() {
    return paths != null;
  }

  /** The path of a picture that is a file. */
  String path(int picture) {
    if (paths == null) {
      throw new IllegalStateException("the pictures are in rows");
    }
    return new String(paths[picture], StandardCharsets.UTF_8);
  }

  /** The key of a picture in a row. */
  PictureKey key(int picture) {
    if (keys == null) {
      throw new IllegalStateException("the pictures are files");
    }
    return keys[picture];
  }

  /** The pictures with a key, to learn from or to measure with: equal ones are many. */
  IntStream pictures(PictureKey key) {
    return IntStream.concat(pictures(key, 0, training), pictures(key, training, labels.length));
  }

  /** The pictures with a key in a part that is ordered by keys. */
  private IntStream pictures(PictureKey key, int from, int to) {
    if (keys == null) {
      throw new IllegalStateException("the pictures are files");
    }
    int at = Arrays.binarySearch(keys, from, to, key);
    if (at < 0) {
      return IntStream.empty();
    }
    int first = at;
    while (first > from && keys[first - 1].equals(key)) {
      first--;
    }
    int last = at;
    while (last + 1 < to && keys[last + 1].equals(key)) {
      last++;
    }
    return IntStream.rangeClosed(first, last);
  }

  /** A digest of the pictures' names or contents, and of their classes. */
  String digest() {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      try (var out =
          new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
        out.writeInt(training);
        out.writeUTF(classes.toString());
        for (int i = 0; i < labels.length; i++) {
          out.writeInt(labels[i]);
          if (paths == null) {
            out.writeLong(key(i).high());
            out.writeLong(key(i).low());
          } else {
            out.write(paths[i]);
            out.write(0);
          }
        }
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
