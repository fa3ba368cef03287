package stride.onnx.engine;

/** How a file's images lie. */
public enum InputLayout {
  /** Channel by channel, (N, C, H, W), as PyTorch has them. */
  CHANNELS_FIRST,
  /** Pixel by pixel, (N, H, W, C), as TensorFlow has them. */
  CHANNELS_LAST
}
