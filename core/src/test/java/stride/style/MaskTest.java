package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import stride.image.Image;
import stride.image.Pixels;
import stride.tensor.Shape;
import stride.tensor.Tensor;

class MaskTest {
  private static final Pixels PHOTO =
      new Pixels(1, 3, 3, new byte[] {0, 51, 102, 0, 51, 102, 0, 51, 102});

  @Test
  void thePhotoStaysWhereAMaskIsDarkAndIsPaintedWhereItIsLight() {
    var painted =
        new Image(new Tensor(Shape.image(1, 3, 3), new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1}));
    var mask = new Mask(new Pixels(1, 3, 1, new byte[] {0, 51, (byte) 255}));
    assertArrayEquals(
        new float[] {0, 0.2f, 0.4f, 0.2f, 0.36f, 0.52f, 1, 1, 1},
        mask.between(painted, PHOTO).data(),
        1e-6f);
  }

  @Test
  void aMaskThatFitsNoPictureIsRefused() {
    var wide = new Mask(new Pixels(1, 4, 1, new byte[] {1, 1, 1, 1}));
    assertThrows(IllegalArgumentException.class, () -> wide.between(PHOTO.toImage(), PHOTO));
    assertThrows(IllegalArgumentException.class, () -> new Mask(new Pixels(1, 2, 1, new byte[2])));
    assertThrows(IllegalArgumentException.class, () -> new Mask(PHOTO));
  }
}
