import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Another size at each call: learned from pictures of 16x16, asked about others. */
void main() throws Exception {
  var network = Network.of(Shape.image(16, 16, 1), sequential(
      conv(8, 5), relu(), globalAvgPool(), flatten(), dense(2)));
  var trained = Trainer.of(network).optimizer(Optimizer.adam(0.01)).fit(Examples.of(1000, i -> stripes(i, 16)));
  for (int side : new int[] {12, 24, 40}) {
    var other = network.withInput(Shape.image(side, side, 1));
    var model = new Model(
        other, trained.weights().part(other.graph()), trained.labels(), Preprocessing.none(other.input()));
    double right = Evaluation.of(model, Examples.of(100, i -> stripes(i, side))).top1();
    IO.println("%d pixels: %.0f %% of the stripes are told right".formatted(side, 100 * right));
    if (right < 0.95) throw new AssertionError("stripes of another size are not told");
  }
}

Example stripes(int i, int side) {
  var picture = new float[side][side];
  for (int p = 0; p < side * side; p++) picture[p / side][p % side] = (i % 2 == 0 ? p / side : p % side) / 2 % 2;
  return Example.of(Tensor.image(picture), Target.ofClass(i % 2));
}
