package stride.onnx.export;

import stride.tensor.Shape;

/** Values of images in ONNX's order, channel by channel, against Stride's, pixel by pixel. */
final class Planes {
  private Planes() {}

  /** Copies a sample to {@code to[at]} and on. */
  static void toPlanes(Shape shape, float[] pixels, float[] to, int at) {
    int channels = shape.isImage() ? shape.channels() : 1;
    int count = shape.elements() / channels;
    for (int i = 0; i < pixels.length; i++) {
      to[at + i % channels * count + i / channels] = pixels[i];
    }
  }
}
