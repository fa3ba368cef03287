package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Preprocessing;

/**
 * Pictures in which objects are marked, decoded each time they are read; only their names and boxes
 * are held in memory, unless they are {@link #cached}. {@link stride.data.boxes.BoxLayout} reads
 * them from folders. Thread-safe.
 */
public final class BoxPictures implements Dataset<BoxedPicture> {
  private final Path source;
  private final List<String> labels;
  private final List<MarkedPicture> pictures;
  private final List<String> skipped;
  private final PictureOptions options;
  private final @Nullable PictureCache cache;

  /**
   * Creates a data set.
   *
   * @param source where it comes from, for messages
   * @param labels the names of the classes; a box's label is an index into them
   * @param pictures the pictures
   * @param skipped what was found and is not used, each a phrase that names it and says why
   * @param options how pictures are decoded
   * @throws IllegalArgumentException if there are no pictures, or an object's class is not among
   *     the labels
   */
  public BoxPictures(
      Path source,
      List<String> labels,
      List<MarkedPicture> pictures,
      List<String> skipped,
      PictureOptions options) {
    this(source, labels, pictures, skipped, options, null);
  }

  private BoxPictures(
      Path source,
      List<String> labels,
      List<MarkedPicture> pictures,
      List<String> skipped,
      PictureOptions options,
      @Nullable PictureCache cache) {
    this.source = source;
    this.labels = List.copyOf(labels);
    this.pictures = List.copyOf(pictures);
    this.skipped = List.copyOf(skipped);
    this.options = options;
    this.cache = cache;
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException(source + ": has no pictures");
    }
    for (var picture : pictures) {
      for (var object : picture.objects()) {
        if (object.box().label() >= labels.size()) {
          throw new IllegalArgumentException(
              "%s: %s has a box of class %d, there are %d classes"
                  .formatted(source, picture.file(), object.box().label(), labels.size()));
        }
      }
    }
  }

  /** {@return the names of the classes; a box's label is an index into them} */
  public List<String> labels() {
    return labels;
  }

  @Override
  public int size() {
    return pictures.size();
  }

  /**
   * Decodes a picture.
   *
   * @throws UncheckedIOException if the picture cannot be read, or is of another size than its
   *     annotation says; the message names it
   */
  @Override
  public BoxedPicture get(int index) {
    var marked = pictures.get(index);
    try {
      return read(marked);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private BoxedPicture read(MarkedPicture marked) throws IOException {
    var picture =
        cache == null
            ? Pictures.decode(marked.file(), options)
            : cache.picture(marked.file(), options);
    return new BoxedPicture(marked.file(), picture, marked.objectsIn(picture));
  }

  /**
   * {@return what is known of a picture without reading it}
   *
   * @param index the picture, from 0
   */
  public MarkedPicture marked(int index) {
    return pictures.get(index);
  }

  /**
   * {@return the largest number of boxes of a picture that a network learns to find, at least 1}
   */
  public int mostBoxes() {
    return Math.max(
        1,
        Math.toIntExact(
            pictures.stream()
                .mapToLong(picture -> picture.objects().stream().filter(TrueBox::isLearned).count())
                .max()
                .orElseThrow()));
  }

  /** {@return the largest number of objects that are marked in a picture} */
  public int mostObjects() {
    return pictures.stream().mapToInt(picture -> picture.objects().size()).max().orElseThrow();
  }

  /**
   * {@return how many objects of each class are marked that a network learns to find and is
   * measured by: neither crowds nor ignored}
   */
  public int[] objectsByClass() {
    var counts = new int[labels.size()];
    for (var picture : pictures) {
      for (var object : picture.objects()) {
        counts[object.box().label()] += object.isLearned() ? 1 : 0;
      }
    }
    return counts;
  }

  /**
   * Returns what was found and is not used: boxes of no area or outside of their picture, if its
   * size was known before it was read, files that are no pictures, and what was left out because it
   * is broken. Each is a phrase that names it and says why.
   *
   * @return the phrases
   */
  public List<String> skipped() {
    return skipped;
  }

  /**
   * {@return these pictures as a network's inputs, with the boxes as targets}
   *
   * @param preprocessing how every picture is prepared, with the images' shape
   */
  public BoxImages images(Preprocessing preprocessing) {
    return new BoxImages(this, preprocessing);
  }

  /**
   * {@return these pictures, read with options}
   *
   * @param options how pictures are decoded
   */
  public BoxPictures with(PictureOptions options) {
    return new BoxPictures(source, labels, pictures, skipped, options, cache);
  }

  /**
   * {@return a view of these pictures, which are kept in memory once they are decoded}
   *
   * @param cache keeps the pictures; several data sets may share it
   */
  public BoxPictures cached(PictureCache cache) {
    return new BoxPictures(source, labels, pictures, skipped, options, cache);
  }

  /**
   * Returns these pictures with the classes of a model, of which they may have only some.
   *
   * @param match maps each of {@link #labels} to a class of the model
   * @return a view of these pictures
   * @throws IllegalArgumentException if a class may be several of the model's
   */
  public BoxPictures withClasses(ClassMatch match) {
    match.requireSure(true);
    var renumbered = pictures.stream().map(picture -> picture.renumbered(match.numbers())).toList();
    return new BoxPictures(source, match.names(), renumbered, skipped, options, cache);
  }

  @Override
  public BoxPictures select(int... indices) {
    var chosen = Arrays.stream(Selection.checked(indices, size())).mapToObj(pictures::get).toList();
    return new BoxPictures(source, labels, chosen, skipped, options, cache);
  }

  @Override
  public BoxPictures first(int count) {
    return select(Selection.first(count, size()));
  }

  @Override
  public HeldOut<BoxPictures> holdOut(double fraction, long seed) {
    var parts = Selection.holdOut(size(), fraction, seed);
    return new HeldOut<>(select(parts.train()), select(parts.test()));
  }

  /**
   * Returns the pictures that can be read. All are read once to find out; those that cannot be
   * read, or are of another size than their annotation says, are added to {@link #skipped}, and so
   * are boxes outside of a picture whose size its annotation does not say.
   *
   * @return the readable pictures
   * @throws FileException if none can be read
   */
  public BoxPictures readable() throws FileException {
    var broken = new ConcurrentHashMap<Path, String>();
    var outside = new ConcurrentHashMap<Path, String>();
    pictures.parallelStream()
        .forEach(
            marked -> {
              try {
                int boxes = marked.objects().size();
                int inside = read(marked).objects().size();
                if (inside < boxes) {
                  outside.put(
                      marked.file(),
                      "%s: %d of %d boxes lie outside of the picture"
                          .formatted(marked.file(), boxes - inside, boxes));
                }
              } catch (IOException e) {
                broken.put(marked.file(), String.valueOf(e.getMessage()));
              }
            });
    var sound = pictures.stream().filter(picture -> !broken.containsKey(picture.file())).toList();
    if (sound.isEmpty()) {
      throw new FileException(source + ": none of its pictures can be read");
    }
    var all = new ArrayList<>(skipped);
    pictures.stream()
        .flatMap(picture -> Stream.of(broken, outside).map(found -> found.get(picture.file())))
        .filter(Objects::nonNull)
        .forEach(all::add);
    return new BoxPictures(source, labels, sound, all, options, cache);
  }

  /** Returns one line with where the pictures come from, their number and that of the classes. */
  @Override
  public String toString() {
    return "BoxPictures %s of %d pictures, %d classes".formatted(source, size(), labels.size());
  }
}
