package stride.data.boxes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stride.data.MarkedPicture;
import stride.data.TrueBox;
import stride.format.FormatException;

/** The pictures of a file of COCO: its annotations and images put together. */
final class CocoPictures {
  private final Path file;
  private final List<CocoFile.Image> images;
  private final CocoAnnotations annotations;
  private final Map<Long, Integer> numbers;
  private final Map<Long, Integer> places;
  private final Findings findings;
  private final List<List<TrueBox>> objects = new ArrayList<>();
  private final boolean[] broken;

  /**
   * @param numbers the numbers of the categories by their ids
   * @param places where among the images each id is
   */
  CocoPictures(
      Path file,
      List<CocoFile.Image> images,
      CocoAnnotations annotations,
      Map<Long, Integer> numbers,
      Map<Long, Integer> places,
      Findings findings) {
    this.file = file;
    this.images = images;
    this.annotations = annotations;
    broken = new boolean[images.size()];
    this.numbers = numbers;
    this.places = places;
    this.findings = findings;
    images.forEach(_ -> objects.add(new ArrayList<>(0)));
  }

  List<MarkedPicture> pictures(PictureFinder finder) throws FormatException {
    for (int i = 0; i < annotations.count; i++) {
      var place = places.get(annotations.images[i]);
      if (place == null) {
        findings.broken(
            "%s is of the image %d, which is not among its images"
                .formatted(where(i), annotations.images[i]));
        continue;
      }
      try {
        add(i, place);
      } catch (Findings.Fault e) {
        findings.broken(e.sentence());
        broken[place] = true;
      }
    }
    var files = files(finder);
    var pictures = new ArrayList<MarkedPicture>();
    for (int i = 0; i < images.size(); i++) {
      var file = files.get(i);
      if (file.isPresent() && !broken[i]) {
        var image = images.get(i);
        pictures.add(
            new MarkedPicture(file.get(), image.height(), image.width(), false, objects.get(i)));
      }
    }
    return pictures;
  }

  /** The file of each image. */
  private List<Optional<Path>> files(PictureFinder finder) throws FormatException {
    var files = new ArrayList<Optional<Path>>();
    var known = new HashMap<Path, Integer>();
    for (int i = 0; i < images.size(); i++) {
      var image = images.get(i);
      var found = finder.find(image.name());
      files.add(found);
      if (found.isEmpty()) {
        findings.passOver(
            "%s: line %d: the picture %s is not in %s"
                .formatted(
                    file, image.line(), FormatException.quote(image.name()), finder.place()));
        continue;
      }
      var other = known.putIfAbsent(found.get().normalize(), i);
      if (other != null) {
        findings.broken(
            "%s: line %d: the images %d and %d are both the picture %s: remove one of them"
                .formatted(file, image.line(), images.get(other).id(), image.id(), found.get()));
        broken[i] = true;
        broken[other] = true;
      }
    }
    return files;
  }

  private void add(int i, int place) throws Findings.Fault {
    var number = numbers.get(annotations.categories[i]);
    if (number == null) {
      throw new Findings.Fault(
          "%s has the category %d, which is not among its categories"
              .formatted(where(i), annotations.categories[i]));
    }
    double left = annotations.boxes[4 * i];
    double top = annotations.boxes[4 * i + 1];
    var object =
        new Findings.Marked(
            number,
            left,
            top,
            left + annotations.boxes[4 * i + 2],
            top + annotations.boxes[4 * i + 3],
            annotations.areas[i],
            annotations.crowds[i],
            // pycocotools passes over "ignore", too.
            false);
    var image = images.get(place);
    findings
        .checked(where(i), object, image.width(), image.height())
        .ifPresent(objects.get(place)::add);
  }

  private String where(int i) {
    return "%s: line %d: %s"
        .formatted(
            file,
            annotations.lines[i],
            annotations.ids[i] == CocoAnnotations.NONE
                ? "an annotation"
                : "the annotation %d".formatted(annotations.ids[i]));
  }
}
