import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Regression: where in a picture a spot of light is, told as two numbers. */
void main() throws Exception {
  var data = Examples.of(2000, this::spot).holdOut(0.2, 1);
  var network = Network.of(Shape.image(16, 16, 1), sequential(
      conv(8, 3), relu(), maxPool(2), conv(16, 3), relu(), flatten(), dense(2)));
  var model = Trainer.of(network).optimizer(Optimizer.adam(0.01)).batch(32).fit(data.train());
  double error = Evaluation.of(model, data.test()).metric("mean_absolute_error");
  IO.println("spots are found to %.2f of 16 pixels".formatted(16 * error));
  if (error > 0.05) throw new AssertionError("the spots are not found");
}

Example spot(int i) {
  var random = new SplittableRandom(i);
  float x = (float) random.nextDouble(16), y = (float) random.nextDouble(16);
  var picture = new float[16][16];
  for (int j = 0; j < 256; j++) picture[j / 16][j % 16] = (float) Math.exp(-Math.hypot(j % 16 - x, j / 16 - y) / 2);
  return Example.of(Tensor.image(picture), Target.values(x / 16, y / 16));
}
