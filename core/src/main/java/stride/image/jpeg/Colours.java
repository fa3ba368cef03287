package stride.image.jpeg;

/** Which colours a picture's components are. */
enum Colours {
  GREY,
  /** Luma and two chromas. */
  YCC,
  RGB,
  /** Inks, stored as the light that they leave, as Adobe does. */
  CMYK,
  /** Luma, two chromas and black. */
  YCCK
}
