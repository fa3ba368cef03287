package stride.image.jpeg;

import java.util.List;

/**
 * The content of one scan, from its SOS segment.
 *
 * @param parts the scan's component, or several whose blocks are interleaved
 * @param first the first coefficient of a progressive scan, in the order of {@link ZigZag}
 * @param last the last coefficient of a progressive scan
 * @param highBit the lowest bit that earlier scans have given, or 0 if they have given none
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
