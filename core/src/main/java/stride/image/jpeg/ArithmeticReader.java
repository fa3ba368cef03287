package stride.image.jpeg;

import stride.format.FormatException;

/**
 * Reads binary decisions of arithmetic-coded data (T.81, annex D.2). The state of a kind of
 * decision is a byte: the more probable outcome in bit 7, and its probability, as an index into the
 * table D.3, in the others.
 */
final class ArithmeticReader {
  /** The state of decisions whose outcomes are always equally probable. */
  static final byte EVEN = 113;

  /**
   * Table D.3, and a row for {@link #EVEN}: from the lowest bit on, 7 bits with the next state
   * after the less probable outcome, 1 that says whether that becomes the more probable one, 8 with
   * the next state after the more probable outcome, and 16 with the less probable one's interval.
   */
  private static final int[] STATES = {
    0x5A1D0181, 0x2586020E, 0x11140310, 0x080B0412, 0x03D80514, 0x01DA0617, 0x00E50719, //
    0x006F081C, 0x0036091E, 0x001A0A21, 0x000D0B23, 0x00060C09, 0x00030D0A, 0x00010D0C, //
    0x5A7F0F8F, 0x3F251024, 0x2CF21126, 0x207C1227, 0x17B91328, 0x1182142A, 0x0CEF152B, //
    0x09A1162D, 0x072F172E, 0x055C1830, 0x04061931, 0x03031A33, 0x02401B34, 0x01B11C36, //
    0x01441D38, 0x00F51E39, 0x00B71F3B, 0x008A203C, 0x0068213E, 0x004E223F, 0x003B2320, //
    0x002C0921, 0x5AE125A5, 0x484C2640, 0x3A0D2741, 0x2EF12843, 0x261F2944, 0x1F332A45, //
    0x19A82B46, 0x15182C48, 0x11772D49, 0x0E742E4A, 0x0BFB2F4B, 0x09F8304D, 0x0861314E, //
    0x0706324F, 0x05CD3330, 0x04DE3432, 0x040F3532, 0x03633633, 0x02D43734, 0x025C3835, //
    0x01F83936, 0x01A43A37, 0x01603B38, 0x01253C39, 0x00F63D3A, 0x00CB3E3B, 0x00AB3F3D, //
    0x008F203D, 0x5B1241C1, 0x4D044250, 0x412C4351, 0x37D84452, 0x2FE84553, 0x293C4654, //
    0x23794756, 0x1EDF4857, 0x1AA94957, 0x174E4A48, 0x14244B48, 0x119C4C4A, 0x0F6B4D4A, //
    0x0D514E4B, 0x0BB64F4D, 0x0A40304D, 0x583251D0, 0x4D1C5258, 0x438E5359, 0x3BDD545A, //
    0x34EE555B, 0x2EAE565C, 0x299A575D, 0x25164756, 0x557059D8, 0x4CA95A5F, 0x44D95B60, //
    0x3E225C61, 0x38245D63, 0x32B45E63, 0x2E17565D, 0x56A860DF, 0x4F466165, 0x47E56266, //
    0x41CF6367, 0x3C3D6468, 0x375E5D63, 0x52316669, 0x4C0F676A, 0x4639686B, 0x415E6367, //
    0x56276AE9, 0x50E76B6C, 0x4B85676D, 0x55976D6E, 0x504F6B6F, 0x5A106FEE, 0x55226D70, //
    0x59EB6FF0, 0x5A1D7171, //
  };

  private static final int HALF = 0x8000;

  /**
   * The most decisions without data; an encoder leaves out zeros at the end. They are more than a
   * flat picture of 100 megapixels has, and few enough to take seconds.
   */
  private static final int MAX_BEYOND = 1 << 28;

  private final Input in;
  private int base;
  private int interval;

  /** Bits at hand after those of the interval; below 0 while the first two bytes are missing. */
  private int count;

  ArithmeticReader(Input in) {
    this.in = in;
    restart();
  }

  /** Restarts with the next byte. */
  void restart() {
    base = 0;
    interval = 0;
    count = -16;
  }

  /** Reads a decision and updates the state of its kind, {@code states[at]}. */
  boolean decide(byte[] states, int at) throws FormatException {
    if (in.marker != 0 && ++in.decidedBeyond > MAX_BEYOND) {
      throw JpegPicture.damaged("its data end long before its coefficients do");
    }
    while (interval < HALF) {
      if (--count < 0) {
        base = base << 8 | nextByte();
        count += 8;
        if (count < 0 && ++count == 0) {
          interval = HALF;
        }
      }
      interval <<= 1;
    }
    int state = states[at];
    int entry = STATES[state & 0x7F];
    int less = entry >>> 16;
    interval -= less;
    int bound = interval << count;
    boolean lower = base < bound;
    // The smaller part of the interval belongs to the less probable outcome.
    boolean probable = lower == interval >= less;
    if (lower) {
      if (interval >= HALF) {
        return state < 0;
      }
    } else {
      base -= bound;
      interval = less;
    }
    states[at] = (byte) (state & 0x80 ^ (probable ? entry >> 8 : entry) & 0xFF);
    return state < 0 == probable;
  }

  /** Returns the next byte, or 0 after the marker that ends the data. */
  private int nextByte() throws FormatException {
    if (in.marker != 0) {
      return 0;
    }
    int b = in.u8();
    if (b != 0xFF) {
      return b;
    }
    do {
      b = in.u8();
    } while (b == 0xFF);
    if (b == 0) {
      return 0xFF;
    }
    in.marker = b;
    return 0;
  }
}
