package stride.image.jpeg;

import stride.format.FormatException;

/** Decodes a file from its first segment to its last. */
final class Decoding {
  private final Input in;
  private final Segments segments;

  Decoding(byte[] file) {
    in = new Input(file);
    segments = new Segments(in);
  }

  /** Decodes the picture: 3 bytes a pixel, or 1 if it is grey. */
  void run(byte[] pixels) throws FormatException {
    var scan = segments.first();
    var frame = segments.frame();
    var components = segments.components();
    var rendering = new Rendering(frame, segments.colours(), components);
    if (!frame.progressive() && scan.parts().size() == components.size()) {
      rendering.run(new SingleScan(scan, decoder(scan)), pixels);
      finish();
      return;
    }
    var progression = new Progression(components);
    var coefficients = new Coefficients(components);
    for (; scan != null; scan = segments.next()) {
      if (frame.progressive()) {
        progression.begin(scan);
      }
      coefficients.read(scan, frame, decoder(scan));
    }
    int lastRow = (frame.height() - 1) / (8 * frame.downMost());
    rendering.run(
        frame.progressive() && BlockSmoothing.isOfUse(components, progression)
            ? new BlockSmoothing(components, coefficients, progression, lastRow)
            : new SeveralScans(components, coefficients),
        pixels);
  }

  private EntropyDecoder decoder(Scan scan) throws FormatException {
    var frame = segments.frame();
    if (scan.blocks() > Mcu.MAX_BLOCKS) {
      throw JpegPicture.damaged(
          "an MCU has %d blocks, at most %d are allowed".formatted(scan.blocks(), Mcu.MAX_BLOCKS));
    }
    segments.latchQuantization(scan);
    if (frame.progressive()) {
      return frame.arithmetic()
          ? new ProgressiveArithmetic(in, segments, scan)
          : new ProgressiveHuffman(in, segments, scan);
    }
    if (frame.arithmetic()) {
      return new SequentialArithmetic(in, segments, scan);
    }
    segments.completeHuffmanTables();
    return new SequentialHuffman(in, segments, scan);
  }

  /**
   * Reads the segments after the data of a single scan. Once all pixels are decoded PIL accepts the
   * end of the file, but not invalid segments.
   */
  private void finish() throws FormatException {
    in.endHere();
    try {
      if (segments.next() != null) {
        throw JpegPicture.damaged("a second scan follows the only one");
      }
    } catch (FormatException e) {
      if (!in.hasEnded()) {
        throw e;
      }
    }
  }
}
