package stride.image.jpeg;

/** The colour spaces of a picture's components. */
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
