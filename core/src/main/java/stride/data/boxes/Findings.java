package stride.data.boxes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import stride.data.Box;
import stride.data.TrueBox;
import stride.format.FormatException;

/** What a reader of boxes found and cannot use. */
final class Findings {
  private static final int MOST_LISTED = 1000;

  /** Of an edge: far beyond any picture, and areas are still numbers, however they are scaled. */
  private static final double LARGEST = 1e9;

  private final boolean skipBroken;
  private final Set<String> skipped = new LinkedHashSet<>();

  /** How many sentences are counted only: a file may have millions of faults. */
  private int more;

  /**
   * Begins a list.
   *
   * @param skipBroken whether broken pictures and annotations are listed instead of refused
   */
  Findings(boolean skipBroken) {
    this.skipBroken = skipBroken;
  }

  /** Lists what is not used, and is no fault: a phrase that names it and says why. */
  void passOver(String phrase) {
    if (skipped.size() < MOST_LISTED) {
      skipped.add(phrase);
    } else if (!skipped.contains(phrase)) {
      more++;
    }
  }

  /**
   * Lists a fault, or refuses it.
   *
   * @param sentence names the file and the line or the number of the annotation
   * @throws FormatException with the sentence, unless faults are skipped
   */
  void broken(String sentence) throws FormatException {
    if (!skipBroken) {
      throw new FormatException(sentence);
    }
    passOver(sentence);
  }

  /** What is listed so far, and how many more there are. */
  List<String> skipped() {
    var all = new ArrayList<>(skipped);
    if (more > 0) {
      all.add("%,d more".formatted(more));
    }
    return all;
  }

  /** Thrown to leave out all of a picture. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    Fault(String sentence) {
      super(sentence, null, false, false);
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * An object as a file has it.
   *
   * @param area of the object; negative if the file does not say
   */
  record Marked(
      int label,
      double left,
      double top,
      double right,
      double bottom,
      double area,
      boolean crowd,
      boolean ignored) {}

  /**
   * Checks an object, whose box may reach beyond the picture's edges: it is measured by as it is
   * written.
   *
   * @param where the file and the line or the number of the annotation
   * @param width the picture's, 0 if it is not known
   * @param height the picture's, 0 if it is not known
   * @return empty if the box has no area or lies outside of its picture, which is listed
   * @throws Fault if an edge is no number or of no picture, or the box is upside down
   */
  Optional<TrueBox> checked(String where, Marked object, double width, double height) throws Fault {
    boolean isBox =
        DoubleStream.of(object.left, object.top, object.right, object.bottom)
            .allMatch(edge -> Math.abs(edge) <= LARGEST);
    if (!isBox) {
      throw new Fault(
          "%s: a box of %s, expected four numbers of at most 1,000,000,000"
              .formatted(where, text(object)));
    }
    if (object.left > object.right || object.top > object.bottom) {
      throw new Fault(
          "%s: a box of %s, whose edges are in the wrong order".formatted(where, text(object)));
    }
    var box =
        new Box(
            object.label,
            (float) object.left,
            (float) object.top,
            (float) object.right,
            (float) object.bottom);
    if (box.left() == box.right() || box.top() == box.bottom()) {
      passOver("%s, a box of no area: %s".formatted(where, text(object)));
      return Optional.empty();
    }
    boolean known = width > 0 && height > 0;
    boolean inside =
        object.right > 0
            && object.bottom > 0
            && (!known || (object.left < width && object.top < height));
    if (!inside) {
      passOver("%s, a box outside of its picture: %s".formatted(where, text(object)));
      return Optional.empty();
    }
    boolean isArea = object.area >= 0 && object.area <= LARGEST * LARGEST;
    double area = isArea ? object.area : box.area();
    return Optional.of(new TrueBox(box, area, object.crowd, object.ignored));
  }

  private static String text(Marked object) {
    return "(%s, %s) to (%s, %s)".formatted(object.left, object.top, object.right, object.bottom);
  }
}
