package stride.image.jpeg;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * Makes the pixels from coefficients, one row of MCUs after the other. Only that row's samples are
 * kept: a row of pixels that needs the samples below is written after they are decoded.
 */
final class Rendering {
  /** Writes the samples of a row of MCUs. */
  @FunctionalInterface
  interface Source {
    void fill(int row, List<Strip> strips) throws FormatException;
  }

  private final Frame frame;
  private final Colours colours;
  private final List<Component> components;
  private final List<Strip> strips = new ArrayList<>();
  private final List<Sampling> planes = new ArrayList<>();

  Rendering(Frame frame, Colours colours, List<Component> components) {
    this.frame = frame;
    this.colours = colours;
    this.components = components;
    for (var component : components) {
      var strip = new Strip(component);
      strips.add(strip);
      planes.add(new Sampling(strip, component, frame));
    }
  }

  /** Renders all rows: 3 bytes a pixel, or 1 if the picture is grey. */
  void run(Source source, byte[] pixels) throws FormatException {
    int wait = 0;
    for (var plane : planes) {
      wait = plane.looksDown() ? 1 : wait;
    }
    int height = 8 * frame.downMost();
    int y = 0;
    for (int row = 0; y < frame.height(); row++) {
      source.fill(row, strips);
      int bottom = (row + 1) * height;
      int end = bottom < frame.height() ? bottom - wait : frame.height();
      for (; y < end; y++) {
        write(row, y, pixels);
      }
      for (var strip : strips) {
        strip.advance();
      }
    }
  }

  private void write(int row, int y, byte[] pixels) {
    for (int i = 0; i < planes.size(); i++) {
      planes.get(i).move(y, 8 * components.get(i).down * row);
    }
    int length = pixels.length / frame.height();
    ColourRows.write(colours, planes, pixels, y * length, frame.width());
  }
}
