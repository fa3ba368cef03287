import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Images of 4 and of 12 channels, such as those of satellites: which channel has the bright spot? */
void main() throws Exception {
  for (int channels : new int[] {4, 12}) {
    var data = Examples.of(1000, i -> image(i, channels)).holdOut(0.2, 1);
    var network = Network.of(Shape.image(16, 16, channels), sequential(
        conv(24, 5), relu(), maxPool(12), flatten(), dense(channels)));
    var model = Trainer.of(network).optimizer(Optimizer.adam(0.01)).fit(data.train());
    double right = Evaluation.of(model, data.test()).top1();
    IO.println("%d channels: %.1f %% of the spots are found".formatted(channels, 100 * right));
    if (right < 0.9) throw new AssertionError("the spots are not found");
  }
}

Example image(int i, int channels) {
  var random = new SplittableRandom(i);
  var image = Tensor.zeros(Shape.image(16, 16, channels));
  int x = random.nextInt(2, 14), y = random.nextInt(2, 14), label = i % channels;
  for (int j = 0; j < 25; j++) image.data()[((y + j / 5 - 2) * 16 + x + j % 5 - 2) * channels + label] += 1;
  return Example.of(image, Target.ofClass(label));
}
