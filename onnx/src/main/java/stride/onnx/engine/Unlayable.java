package stride.onnx.engine;

/** Says why a node cannot be laid out on the engine; it is computed elsewhere then. */
final class Unlayable extends Exception {
  private static final long serialVersionUID = 1;

  Unlayable(String why) {
    super(why, null, false, false);
  }
}
