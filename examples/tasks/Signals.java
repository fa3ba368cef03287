import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Signals of one dimension: tones in noise whose pitch rises or falls, told apart. */
void main() throws Exception {
  var data = Examples.of(1000, this::tone).holdOut(0.2, 1);
  var network = Network.of(Shape.image(1, 128, 1), sequential(
      conv1d(8, 9).stride(2), relu(), conv1d(16, 9).stride(2), relu(), flatten(), dense(2)));
  var model = Trainer.of(network).optimizer(Optimizer.adam(0.003)).epochs(10).fit(data.train());
  double right = Evaluation.of(model, data.test()).top1();
  IO.println("%.1f %% of the tones are told right".formatted(100 * right));
  if (right < 0.9) throw new AssertionError("the tones are not told apart");
}

Example tone(int i) {
  var random = new SplittableRandom(i);
  double start = random.nextDouble(6), pitch = i % 2 == 0 ? 0.1 : 0.6, change = i % 2 == 0 ? 0.002 : -0.002;
  var signal = new float[128];
  for (int t = 0; t < 128; t++) {
    signal[t] = (float) (Math.sin(start + (pitch + change * t) * t) + random.nextGaussian(0, 0.3));
  }
  return Example.of(Tensor.of(Shape.image(1, 128, 1), signal), Target.ofClass(i % 2));
}
