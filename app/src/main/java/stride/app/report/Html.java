package stride.app.report;

/** Text as HTML and SVG take it. */
final class Html {
  private Html() {}

  /** Any text, to stand between tags or in a quoted attribute. */
  static String escaped(String text) {
    var html = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
    return html.toString();
  }
}
