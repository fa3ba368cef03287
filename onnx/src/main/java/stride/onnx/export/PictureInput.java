package stride.onnx.export;

/** What the first input of an ONNX file holds. */
public enum PictureInput {
  /**
   * What the network itself takes: floats (N, C, H, W), normalised by the caller, as in PyTorch's
   * exports.
   */
  NORMALISED_BY_CALLER,

  /** Colours from 0 to 1 as floats (N, C, H, W); the file normalises them. */
  COLOURS,

  /** Pictures' bytes (N, H, W, C), red first, as decoders give them; the file normalises them. */
  BYTES
}
