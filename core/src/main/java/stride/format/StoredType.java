package stride.format;

/** The types of numbers that a file's tensors are stored in, named as safetensors names them. */
public enum StoredType {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32: 8 bits of exponent, 7 of fraction. */
  BF16(2),
  /** A signed integer of 64 bits. */
  I64(8),
  /** A signed integer of 32 bits. */
  I32(4),
  /** A signed integer of 16 bits. */
  I16(2),
  /** A signed integer of 8 bits. */
  I8(1),
  /** An unsigned integer of 64 bits. */
  U64(8),
  /** An unsigned integer of 32 bits. */
  U32(4),
  /** An unsigned integer of 16 bits. */
  U16(2),
  /** An unsigned integer of 8 bits. */
  U8(1),
  /** A boolean of one byte: 0 is false, every other value true. */
  BOOL(1);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** {@return the bytes of a number} */
  public int bytes() {
    return bytes;
  }

  /** {@return whether the type has whole numbers only: integers and booleans} */
  public boolean isWhole() {
    return switch (this) {
      case F64, F32, F16, BF16 -> false;
      case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> true;
    };
  }
}
