package stride.graph;

/** The type of the numbers that flow along an edge. */
public enum ElementType {
  /** IEEE 754 binary32, Java's float. */
  FLOAT32
}
