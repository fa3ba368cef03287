package stride.detection;

import stride.layer.Size;

/** A method for pictures of any size, on a network with a feature pyramid, as torchvision's are. */
interface PyramidMethod extends DetectionMethod {
  /** How large pictures become. */
  Resizing resizing();

  @Override
  default Size resized(Size picture, Size input) {
    return resizing().of(picture);
  }

  @Override
  default int multiple() {
    return Resizing.MULTIPLE;
  }
}
