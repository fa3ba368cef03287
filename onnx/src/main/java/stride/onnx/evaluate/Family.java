package stride.onnx.evaluate;

import stride.onnx.tensor.OnnxTensor;

/** A family of operators: which there are, and what they compute. */
interface Family {
  /**
   * Returns the family's operators: in each line a name and the versions of the operator set that
   * changed it, from the first on. Names of another domain than the standard's begin with it.
   */
  String operators();

  /**
   * Runs one of them.
   *
   * @param call the operator, its settings and its inputs
   * @return its outputs; those that are not wanted may be left out at the end
   * @throws IllegalArgumentException if the inputs do not fit; the message says what does not
   */
  OnnxTensor[] apply(Call call);

  /** Returns a single output as {@link #apply} does. */
  static OnnxTensor[] one(OnnxTensor output) {
    return new OnnxTensor[] {output};
  }
}
