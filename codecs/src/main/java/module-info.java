/** Pictures of formats that the JDK does not read. */
module stride.codecs {
  requires stride;
  requires com.twelvemonkeys.imageio.webp;

  provides stride.image.PictureDecoder with
      stride.codecs.WebP;
}
