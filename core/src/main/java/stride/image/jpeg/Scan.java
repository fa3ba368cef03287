package stride.image.jpeg;

import java.util.List;

/**
 * What one scan holds, as its SOS segment says it.
 *
 * @param parts of the scan: one component, or several whose blocks are interleaved
 * @param first coefficient of a progressive scan, in the order of {@link ZigZag}
 * @param last coefficient of a progressive scan
 * @param highBit the lowest bit that scans before have given, or 0 if they have given none
 * @param lowBit the lowest bit that this scan gives
 */
record Scan(List<Part> parts, int first, int last, int highBit, int lowBit) {
  /** A component with the numbers of its tables. */
  record Part(Component component, int dcTable, int acTable) {}

  /** Blocks of an MCU: one, or as many as the components have samples in it. */
  int blocks() {
    if (parts.size() == 1) {
      return 1;
    }
    int blocks = 0;
    for (var part : parts) {
      blocks += part.component.across * part.component.down;
    }
    return blocks;
  }
}
