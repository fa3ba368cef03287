package stride.image.jpeg;

import java.util.List;

/** The samples of a picture whose scans have all been read. */
final class SeveralScans implements Rendering.Source {
  private final List<Component> components;
  private final Coefficients coefficients;
  private final InverseDct transform = new InverseDct();

  SeveralScans(List<Component> components, Coefficients coefficients) {
    this.components = components;
    this.coefficients = coefficients;
  }

  @Override
  public void fill(int row, List<Strip> strips) {
    for (var component : components) {
      var strip = strips.get(component.index);
      // A component without a scan has no table, and no coefficients to multiply with it.
      int[] quantization = component.quantization == null ? new int[64] : component.quantization;
      int end = Math.min((row + 1) * component.down, component.blocksDown);
      for (int y = row * component.down; y < end; y++) {
        short[] blocks = coefficients.row(component, y);
        int at = strip.row(y % component.down * 8);
        for (int x = 0; x < component.blocksAcross; x++) {
          transform.transform(
              blocks, 64 * x, quantization, strip.samples, at + 8 * x, strip.stride);
        }
      }
    }
  }
}
