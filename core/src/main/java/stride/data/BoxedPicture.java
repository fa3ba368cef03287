package stride.data;

import java.nio.file.Path;
import java.util.List;
import stride.image.Picture;

/**
 * A picture that has been read, and the objects that are marked in it.
 *
 * @param file the picture's file
 * @param picture the picture
 * @param objects the objects, none of them outside of the picture; empty if there are none
 */
public record BoxedPicture(Path file, Picture picture, List<TrueBox> objects) {
  /** Copies the list. */
  public BoxedPicture {
    objects = List.copyOf(objects);
  }

  /** {@return the boxes that a network learns to find} */
  public List<Box> learned() {
    return objects.stream().filter(TrueBox::isLearned).map(TrueBox::box).toList();
  }
}
