package stride.train;

import stride.compute.Buffer;
import stride.engine.Plan;

/** The outputs of a plan that was made for gradients. */
record PlanOutputs(Plan plan) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return plan.output(name);
  }

  @Override
  public Buffer gradient(String name) {
    return plan.outputGradient(name);
  }
}
