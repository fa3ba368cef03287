package stride.app.bench;

import java.util.Locale;

/** What a step does. */
public enum Mode {
  /** The forward pass, with running statistics and no dropout. */
  INFERENCE(1),

  /** The forward pass, the loss, the backward pass and the update of the weights. */
  TRAINING(3);

  private final int passes;

  Mode(int passes) {
    this.passes = passes;
  }

  /**
   * How many times the forward pass's multiply-adds a step has: in training the gradients of the
   * inputs and those of the weights take as many each.
   */
  public int passes() {
    return passes;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
