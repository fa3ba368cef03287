package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * Picture files without labels, each of which is its own target: for networks that make pictures of
 * pictures, such as those that paint, and autoencoders.
 *
 * @param files the pictures
 * @param preprocessing how they become inputs, and targets: normalised both
 * @param options how they are read
 */
public record Photos(List<Path> files, Preprocessing preprocessing, PictureOptions options)
    implements Examples {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are no files
   */
  public Photos {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("photos are at least 1, found none");
    }
  }

  @Override
  public int size() {
    return files.size();
  }

  /**
   * Reads a picture.
   *
   * @throws UncheckedIOException if it cannot be read; the message names it
   */
  @Override
  public Example get(int index) {
    var file = files.get(index);
    try {
      var picture = Pictures.decode(file, options);
      try {
        var values = preprocessing.normalize(preprocessing.prepare(picture));
        return Example.of(values, Target.image(values));
      } catch (FormatException e) {
        throw new FormatException(file + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Shape> shapes() {
    return List.of(preprocessing.shape());
  }

  @Override
  public TargetType targets() {
    return new TargetType.Image(preprocessing.shape());
  }

  @Override
  public boolean readsFiles() {
    return true;
  }

  @Override
  public Photos select(int... indices) {
    int[] chosen = Selection.checked(indices, size());
    return new Photos(Arrays.stream(chosen).mapToObj(files::get).toList(), preprocessing, options);
  }

  /** {@return one line: how many there are} */
  @Override
  public String toString() {
    return "%d photos of %s".formatted(size(), preprocessing.shape());
  }
}
