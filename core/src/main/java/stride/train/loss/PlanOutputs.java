package stride.train.loss;

import java.util.HashMap;
import java.util.Map;
import stride.compute.Buffer;
import stride.engine.Plan;
import stride.train.Loss;

/** The outputs of a plan. They are asked for in every step, which allocates nothing. */
public final class PlanOutputs implements Loss.Outputs {
  private final Plan plan;
  private final Map<String, Loss.Outputs> renamed = new HashMap<>();

  /**
   * The outputs of a plan.
   *
   * @param plan a plan that was made for gradients
   */
  public PlanOutputs(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Buffer value(String name) {
    return plan.output(name);
  }

  @Override
  public Buffer gradient(String name) {
    return plan.outputGradient(name);
  }

  @Override
  public Loss.Outputs renamed(String own) {
    var known = renamed.get(own);
    if (known == null) {
      known = Loss.Outputs.super.renamed(own);
      renamed.put(own, known);
    }
    return known;
  }
}
