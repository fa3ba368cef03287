package stride.data;

import java.nio.file.Path;
import java.util.List;
import stride.image.Picture;

/**
 * A picture that has been read, and the objects that are marked in it.
 *
 * @param file the picture's file
 * @param picture the picture
 * @param objects the objects as they are marked: a box may reach beyond the picture's edges, though
 *     none lies outside; empty if there are none
 */
public record BoxedPicture(Path file, Picture picture, List<TrueBox> objects) {
  /** Copies the list. */
  public BoxedPicture {
    objects = List.copyOf(objects);
  }

  /** {@return the boxes that a network learns to find, cut off at the picture's edges} */
  public List<Box> learned() {
    return objects.stream()
        .filter(TrueBox::isLearned)
        .flatMap(object -> object.box().within(picture.height(), picture.width()).stream())
        .toList();
  }
}
