package stride.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;
import stride.image.Picture;

/**
 * A picture's file and what its annotation says of it, before the picture is read.
 *
 * @param file the picture's file
 * @param height the picture's rows as the annotation has them; 0 if it does not say
 * @param width the picture's columns as the annotation has them; 0 if it does not say
 * @param relative whether boxes are in parts of the picture's width and height instead of pixels
 * @param objects the objects in it
 */
public record MarkedPicture(
    Path file, int height, int width, boolean relative, List<TrueBox> objects) {
  /** Copies the list. */
  public MarkedPicture {
    objects = List.copyOf(objects);
  }

  /**
   * Returns the objects in pixels of the picture; what lies outside of the picture is left out.
   *
   * @param picture the picture
   * @return the objects
   * @throws FormatException if the annotation is about a picture of another size
   */
  List<TrueBox> objectsIn(Picture picture) throws FormatException {
    if (height > 0 && width > 0 && (height != picture.height() || width != picture.width())) {
      boolean turned = height == picture.width() && width == picture.height();
      throw new FormatException(
          "%s: has %dx%d pixels, its annotation is about %dx%d%s"
              .formatted(
                  file,
                  picture.width(),
                  picture.height(),
                  width,
                  height,
                  turned
                      ? "; if the boxes are about the picture as it is stored, not as its EXIF"
                          + " orientation turns it, give --no-exif (PictureOptions.withoutExif)"
                      : ""));
    }
    var inside = new ArrayList<TrueBox>();
    for (var object : objects) {
      var scaled = relative ? scaled(object, picture.width(), picture.height()) : object;
      if (scaled.box().within(picture.height(), picture.width()).isPresent()) {
        inside.add(scaled);
      }
    }
    return inside;
  }

  private static TrueBox scaled(TrueBox object, double along, double down) {
    var box = object.box();
    return new TrueBox(
        new Box(
            box.label(),
            (float) (box.left() * along),
            (float) (box.top() * down),
            (float) (box.right() * along),
            (float) (box.bottom() * down)),
        object.area() * along * down,
        object.crowd(),
        object.ignored());
  }

  /** Returns the same with other numbers for the classes. */
  MarkedPicture renumbered(List<Integer> numbers) {
    var renumbered =
        objects.stream()
            .map(
                object -> {
                  var box = object.box();
                  return new TrueBox(
                      new Box(
                          numbers.get(box.label()),
                          box.left(),
                          box.top(),
                          box.right(),
                          box.bottom()),
                      object.area(),
                      object.crowd(),
                      object.ignored());
                })
            .toList();
    return new MarkedPicture(file, height, width, relative, renumbered);
  }
}
