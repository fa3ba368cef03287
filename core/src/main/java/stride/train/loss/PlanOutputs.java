package stride.train.loss;

import stride.compute.Buffer;
import stride.engine.Plan;
import stride.train.Loss;

/**
 * The outputs of a plan.
 *
 * @param plan a plan that was made for gradients
 */
public record PlanOutputs(Plan plan) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return plan.output(name);
  }

  @Override
  public Buffer gradient(String name) {
    return plan.outputGradient(name);
  }
}
