import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Another size at each call: learned from pictures of 16x16, asked about others. */
void main() throws Exception {
  var network = Network.of(Shape.image(16, 16, 1), sequential(conv(8, 5), relu(), globalAvgPool(), dense(2)));
  var model = Trainer.of(network).optimizer(Optimizer.adam(0.01)).fit(stripes(1000, 16), null);
  for (int side : new int[] {12, 24, 40}) {
    var other = network.withInput(Shape.image(side, side, 1));
    var asked = new Model(other, model.weights().part(other.graph()), model.labels(), Preprocessing.none(other.input()));
    double right = Evaluation.of(asked, stripes(100, side), Engine.shared()).top1();
    IO.println("%d pixels: %.0f %% of the stripes are told right".formatted(side, 100 * right));
    if (right < 0.95) throw new AssertionError("stripes of another size are not told");
  }
}

Examples stripes(int count, int side) {
  return Examples.of(count, i -> {
    var picture = new float[side][side];
    for (int j = 0; j < side * side; j++) picture[j / side][j % side] = (i % 2 == 0 ? j / side : j % side) / 2 % 2;
    return Example.of(Tensor.image(picture), Target.ofClass(i % 2));
  });
}
