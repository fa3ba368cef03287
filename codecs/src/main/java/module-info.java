/** Pictures of formats that the JDK does not read. */
module stride.codecs {
  requires stride;

  provides stride.image.PictureDecoder with
      stride.codecs.WebP;
}
