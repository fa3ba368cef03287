package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FileNames;
import stride.image.Image;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;

/**
 * Pictures in a folder, decoded and prepared each time they are read; only their names are held in
 * memory. The folder either has one sub-folder per class, as for torchvision's {@code ImageFolder},
 * or it holds files with ImageNet's names, {@code n01440764_10026.JPEG}, which begin with the
 * class. Classes are numbered in the order of their names, and so are the pictures of each class.
 */
public final class ImageFolder implements ImageDataset {
  private final Path folder;
  private final List<String> labels;
  private final List<Entry> entries;
  private final List<String> skipped;
  private final Preprocessing preprocessing;
  private final PictureOptions options;
  private final @Nullable PictureCache cache;

  private final boolean severalLabels;

  /**
   * A picture.
   *
   * @param labels its class, or the classes that it may be; in a data set of several labels all of
   *     them; in ascending order
   */
  private record Entry(Path file, List<Integer> labels) {
    int label() {
      return labels.isEmpty() ? 0 : labels.getFirst();
    }
  }

  /**
   * A picture and the names of the classes it belongs to.
   *
   * @param file the picture
   * @param labels one name or, in a data set of several labels, any number of names
   */
  public record Labelled(Path file, List<String> labels) {}

  private ImageFolder(
      Path folder,
      List<String> labels,
      List<Entry> entries,
      List<String> skipped,
      boolean severalLabels,
      Preprocessing preprocessing,
      PictureOptions options,
      @Nullable PictureCache cache) {
    this.cache = cache;
    this.severalLabels = severalLabels;
    this.folder = folder;
    this.labels = List.copyOf(labels);
    this.entries = List.copyOf(entries);
    this.skipped = List.copyOf(skipped);
    this.preprocessing = preprocessing;
    this.options = options;
  }

  /**
   * Lists the pictures of a folder.
   *
   * @param folder the folder
   * @param preprocessing how every picture is prepared, with the images' shape
   * @return the data set
   * @throws FileException if there is no such folder, it cannot be read, or it holds no picture of
   *     any class; the message says what it holds instead
   * @throws IOException if reading fails
   */
  public static ImageFolder of(Path folder, Preprocessing preprocessing) throws IOException {
    return of(folder, preprocessing, PictureOptions.STANDARD);
  }

  /**
   * Lists the pictures of a folder, to be read with options.
   *
   * @param folder the folder
   * @param preprocessing how every picture is prepared, with the images' shape
   * @param options how pictures are decoded
   * @return the data set
   * @throws FileException if there is no such folder, it cannot be read, or it holds no picture of
   *     any class
   * @throws IOException if reading fails
   */
  public static ImageFolder of(Path folder, Preprocessing preprocessing, PictureOptions options)
      throws IOException {
    var listing = new Listing(folder);
    listing.list();
    var labels = List.copyOf(listing.classes.keySet());
    var entries = new ArrayList<Entry>();
    listing.classes.forEach(
        (name, files) -> {
          int label = labels.indexOf(name);
          files.forEach(file -> entries.add(new Entry(file, List.of(label))));
        });
    if (entries.isEmpty()) {
      throw new FileException(
          "%s holds no pictures: expected one sub-folder per class with JPEG, PNG, BMP, GIF or WebP files, or files like n01440764_10026.JPEG%s"
              .formatted(
                  folder,
                  listing.skipped.isEmpty() ? "" : "; found " + listing.skipped.getFirst()));
    }
    return new ImageFolder(
        folder, labels, entries, listing.skipped, false, preprocessing, options, null);
  }

  /**
   * Returns pictures whose classes come from elsewhere, such as a table.
   *
   * @param source where the classes come from, for messages
   * @param pictures the pictures with the names of their classes
   * @param labels the names of the classes
   * @param severalLabels whether a picture may belong to several classes, or none
   * @param preprocessing how every picture is prepared, with the images' shape
   * @return the data set
   * @throws IllegalArgumentException if there is no picture, a picture's class is not one of the
   *     labels, or a picture does not have exactly one class where it needs one
   */
  public static ImageFolder of(
      Path source,
      List<Labelled> pictures,
      List<String> labels,
      boolean severalLabels,
      Preprocessing preprocessing) {
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException(source + ": lists no pictures");
    }
    var entries = new ArrayList<Entry>();
    for (var picture : pictures) {
      if (!severalLabels && picture.labels.size() != 1) {
        throw new IllegalArgumentException(
            "%s: %s has %d classes, expected 1"
                .formatted(source, picture.file, picture.labels.size()));
      }
      var numbers = new ArrayList<Integer>();
      for (var label : picture.labels) {
        int number = labels.indexOf(label);
        if (number < 0) {
          throw new IllegalArgumentException(
              "%s: %s has the class %s, there are %s"
                  .formatted(source, picture.file, label, labels));
        }
        numbers.add(number);
      }
      entries.add(new Entry(picture.file, numbers.stream().sorted().toList()));
    }
    return new ImageFolder(
        source,
        labels,
        entries,
        List.of(),
        severalLabels,
        preprocessing,
        PictureOptions.STANDARD,
        null);
  }

  /**
   * Returns these pictures with the classes of a model, of which a folder may have only some. Each
   * is found by its name; see {@link ClassMatch#byName}.
   *
   * @param names the classes' names in the model's order
   * @return a view of these pictures
   * @throws IllegalArgumentException if a class of the folder is not among them
   */
  public ImageFolder withClasses(List<String> names) {
    try {
      return withClasses(ClassMatch.byName(labels, names));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  @Override
  public ImageFolder withClasses(ClassMatch match) {
    match.requireSure(severalLabels);
    var possible = match.possible();
    var renumbered =
        entries.stream()
            .map(
                entry ->
                    new Entry(
                        entry.file,
                        entry.labels.stream()
                            .flatMap(label -> possible.get(label).stream())
                            .sorted()
                            .toList()))
            .toList();
    return new ImageFolder(
        folder, match.names(), renumbered, skipped, severalLabels, preprocessing, options, cache);
  }

  /**
   * {@return these pictures, read with options}
   *
   * @param options how pictures are decoded
   */
  public ImageFolder with(PictureOptions options) {
    return new ImageFolder(
        folder, labels, entries, skipped, severalLabels, preprocessing, options, cache);
  }

  /**
   * Returns the files and folders that were found and are not used, each as a phrase that names it
   * and says why: files that do not have the name of a picture, empty ones, folders without
   * pictures or that cannot be read. Hidden files are not listed.
   *
   * @return the phrases
   */
  public List<String> skipped() {
    return skipped;
  }

  /**
   * {@return the file of a picture}
   *
   * @param index the picture, from 0
   */
  public Path file(int index) {
    return entries.get(index).file;
  }

  @Override
  public Shape shape() {
    return preprocessing.shape();
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  @Override
  public int label(int index) {
    return entries.get(index).label();
  }

  @Override
  public void read(int index, float[] into, int offset) {
    try {
      float[] image =
          cache == null
              ? preprocessing.prepare(file(index), options).data()
              : cache.image(file(index), preprocessing, options);
      System.arraycopy(image, 0, into, offset, image.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    if (preprocessing.fit().resampling().isEmpty()) {
      return false;
    }
    try {
      float[] image = part(file(index), part).data();
      System.arraycopy(image, 0, into, offset, image.length);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean isMultiLabel() {
    return severalLabels;
  }

  @Override
  public boolean hasLabel(int index, int label) {
    return entries.get(index).labels.contains(label);
  }

  @Override
  public boolean readsFiles() {
    return true;
  }

  private Image part(Path file, Region.Choice part) throws IOException {
    if (cache != null) {
      var picture = cache.picture(file, preprocessing, options);
      return preprocessing.prepare(picture, part.of(picture.height(), picture.width()));
    }
    return preprocessing.prepare(file, part, options);
  }

  /**
   * Returns these pictures, kept in memory once they are decoded. Images of whole pictures do not
   * change. For random parts, pictures whose shorter side is longer than twice the image's are kept
   * reduced to that size: their parts differ a little from those of the original pictures.
   *
   * @param cache keeps the pictures; several folders of the same preprocessing may share it
   * @return a view of these pictures
   */
  public ImageFolder cached(PictureCache cache) {
    return new ImageFolder(
        folder, labels, entries, skipped, severalLabels, preprocessing, options, cache);
  }

  @Override
  public Splits split(double testFraction, long seed) {
    boolean[] tested;
    try {
      tested = ClassSplit.of(this, testFraction, seed);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(folder, e.getMessage()), e);
    }
    return new Splits(part(tested, false), part(tested, true));
  }

  private ImageFolder part(boolean[] tested, boolean wanted) {
    var part = IntStream.of(ClassSplit.indices(tested, wanted)).mapToObj(entries::get).toList();
    return with(part, skipped);
  }

  /**
   * Returns the pictures that can be read. All are read once to find out; those that cannot be read
   * are added to {@link #skipped}.
   *
   * @return the readable pictures
   * @throws FileException if none can be read
   * @throws IOException if reading fails
   */
  public ImageFolder readable() throws IOException {
    var broken = new ConcurrentHashMap<Path, String>();
    entries.parallelStream()
        .forEach(
            entry -> {
              try {
                preprocessing.prepare(entry.file, options);
              } catch (IOException e) {
                broken.put(entry.file, String.valueOf(e.getMessage()));
              }
            });
    var sound = entries.stream().filter(entry -> !broken.containsKey(entry.file)).toList();
    if (sound.isEmpty()) {
      throw new FileException(folder + ": none of its pictures can be read");
    }
    var all = new ArrayList<>(skipped);
    entries.stream()
        .filter(entry -> broken.containsKey(entry.file))
        .forEach(entry -> all.add(broken.get(entry.file)));
    return with(sound, all);
  }

  private ImageFolder with(List<Entry> entries, List<String> skipped) {
    return new ImageFolder(
        folder, labels, entries, skipped, severalLabels, preprocessing, options, cache);
  }

  /** Returns one line with the folder, the number of pictures and of classes. */
  @Override
  public String toString() {
    return "ImageFolder %s of %d pictures, %s, %d classes"
        .formatted(folder, size(), shape(), labels.size());
  }

  /** The contents of a folder. */
  private static final class Listing {
    private final Path folder;
    private final TreeMap<String, List<Path>> classes = new TreeMap<>();
    private final List<String> skipped = new ArrayList<>();

    Listing(Path folder) {
      this.folder = folder;
    }

    void list() throws IOException {
      var filled = new HashSet<String>();
      for (var file : Folders.files(folder, Integer.MAX_VALUE, skipped::add)) {
        var below = folder.relativize(file);
        var first = below.getName(0).toString();
        var synset = FolderContents.synset(first);
        if (!isPicture(file)) {
          continue;
        } else if (below.getNameCount() > 1) {
          requireText(folder.resolve(below.getName(0)));
          String name = ClassMatch.composed(first);
          if (filled.add(first) && classes.containsKey(name)) {
            // They look the same to people, so the message must say which ones they are.
            throw new FileException(
                "%s has two folders %s, whose letters are composed in two ways: put their pictures into one"
                    .formatted(folder, name));
          }
          classes.computeIfAbsent(name, _ -> new ArrayList<>()).add(file);
        } else if (synset.matches()) {
          classes.computeIfAbsent(synset.group(1), _ -> new ArrayList<>()).add(file);
        } else {
          skipped.add(file + ", a picture without a class");
        }
      }
      for (var entry : Folders.visible(folder)) {
        if (Files.isDirectory(entry)
            && !filled.contains(Folders.name(entry))
            && skipped.stream().noneMatch(said -> said.startsWith(entry + ", "))) {
          skipped.add(entry + ", a folder without pictures");
        }
      }
      Collections.sort(skipped);
    }

    /** Checks a folder's name, which is the name of a class in models and predictions. */
    private static void requireText(Path folder) throws FileException {
      if (!FileNames.isText(folder)) {
        throw new FileException(FileNames.complaint(folder));
      }
    }

    /** Whether a file is used; adds it to the skipped ones if it is not. */
    private boolean isPicture(Path file) {
      if (!Pictures.isPictureName(Folders.name(file))) {
        skipped.add(file + ", which is no picture by its name");
        return false;
      }
      try {
        if (Files.size(file) == 0) {
          skipped.add(file + ", which is empty");
          return false;
        }
      } catch (IOException e) {
        skipped.add("%s, which cannot be read".formatted(file));
        return false;
      }
      if (!Files.isReadable(file)) {
        skipped.add(file + ", which is not readable");
        return false;
      }
      return true;
    }
  }
}
