package stride.app.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A page of HTML that needs no other file: light or dark as its reader likes, narrow or wide. */
final class Page {
  /** Larger pictures are stored as JPEG. */
  private static final int PIXEL_ART = 128;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --paper: #fff; --text: #1f2328; --faint: #59636e;
        --line: #d8dee4; --cell: 0, 114, 178; }
      @media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --text: #e6edf3;
        --faint: #9198a1; --line: #30363d; --cell: 86, 180, 233; } }
      * { box-sizing: border-box; }
      body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper);
        color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
      h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
      p { margin: .3rem 0; } .large { font-size: 1.3rem; } .faint, figcaption, th { color: var(--faint); }
      .row { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
      svg, img { display: block; max-width: 100%; height: auto; }
      .row svg { width: 100%; } img.pixels { image-rendering: pixelated; }
      .beside { display: flex; flex-wrap: wrap; gap: 0 3rem; }
      .beside section { max-width: 100%; } .beside p { max-width: 26rem; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { white-space: nowrap; padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; }
      th { font-weight: 600; } td.long { min-width: 10rem; overflow-wrap: anywhere; white-space: normal; }
      td.n, th.n { text-align: right; }
      table.matrix td { min-width: 2.5rem; text-align: center; border: 1px solid var(--line); }
      .mistakes { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
      figure { margin: 0; } .pair { display: flex; gap: 2px; } .pair img { width: 50%; }
      figcaption { font-size: .875rem; overflow-wrap: anywhere; }
      figcaption b { color: var(--text); font-weight: 600; }
      summary { cursor: pointer; margin: .5rem 0; }
      @media (max-width: 32rem) { th, td { padding: .2rem .3rem; font-size: .9rem; } }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  Page(String title) {
    this.title = title;
    body.append("<h1>").append(Html.escaped(title)).append("</h1>\n");
  }

  void heading(String text) {
    body.append("<h2>").append(Html.escaped(text)).append("</h2>\n");
  }

  void paragraph(String text) {
    body.append("<p>").append(Html.escaped(text)).append("</p>\n");
  }

  /** Adds HTML as it is. */
  void html(String html) {
    body.append(html).append('\n');
  }

  @Override
  public String toString() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>%s</title>
    <style>
    %s%s</style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(Html.escaped(title), STYLE, Palette.darkStyle(), body);
  }

  /** A picture inside of the page. */
  static String img(BufferedImage picture, String says) throws IOException {
    // JPEG has no clear pixels.
    boolean small =
        Math.min(picture.getWidth(), picture.getHeight()) <= PIXEL_ART
            || picture.getColorModel().hasAlpha();
    var bytes = new ByteArrayOutputStream();
    // ImageIO's own stream for an OutputStream would make a temporary file.
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(picture, small ? "png" : "jpg", out);
    }
    return "<img %ssrc=\"data:image/%s;base64,%s\" alt=\"%s\">"
        .formatted(
            small ? "class=\"pixels\" " : "",
            small ? "png" : "jpeg",
            Base64.getEncoder().encodeToString(bytes.toByteArray()),
            Html.escaped(says));
  }
}
