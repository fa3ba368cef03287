import static stride.layer.Layers.*;
import module stride;
import stride.mnist.MnistFiles;

/** A training loop of one's own: what is done in each step is yours to change. */
void main() throws Exception {
  var digits = Mnist.read(MnistFiles::open).train();
  var graph = Network.of(digits.shape(), sequential(flatten(), dense(100), relu(), dense(10))).graph();
  var plan = Engine.shared().plan(graph, Weights.initialized(graph, 1), 64, Purpose.training());
  var targets = Targets.classes(64);
  var optimizer = Optimizer.adam(0.002).start(plan.gradients().length);
  double loss = 0;
  for (int step = 0; step < 800; step++) {
    for (int n = 0; n < 64; n++) {
      digits.read(64 * step + n, plan.input().array(), plan.input().at(n));
      targets.setLabel(n, digits.label(64 * step + n));
    }
    plan.forward(64);
    loss = 0.9 * loss + 0.1 * new SoftmaxCrossEntropy().apply(Loss.Outputs.of(plan), targets, 64);
    plan.backward(64);
    optimizer.update(plan, 0.002, step + 1);
  }
  IO.println("loss %.2f of digits before they are learned".formatted(loss));
  if (loss > 0.3) throw new AssertionError("the loop does not learn");
}
