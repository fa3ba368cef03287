import static stride.layer.Layers.*;
import module stride;
import stride.data.*;

/** Segmentation: each pixel is told to be of nothing, of a bar that lies, or of one that stands. */
void main() throws Exception {
  var data = Examples.of(500, this::bar).holdOut(0.2, 1);
  var network = Network.of(data.train().shapes().getFirst(), sequential(conv(8, 7).same(), relu(), conv(3, 7).same()));
  var model = Trainer.of(network).optimizer(Optimizer.adam(0.01)).batch(16).fit(data.train());
  double overlap = Evaluation.of(model, data.test()).metric("mean_iou");
  IO.println("mean intersection over union %.2f".formatted(overlap));
  if (overlap < 0.8) throw new AssertionError("the bars are not told apart");
}

Example bar(int i) {
  var random = new SplittableRandom(i);
  int width = i % 2 == 0 ? 12 : 4, left = random.nextInt(12), top = random.nextInt(12);
  var picture = new float[24][24];
  var classes = new int[24][24];
  for (int y = top; y < top + 16 - width; y++) {
    Arrays.fill(picture[y], left, left + width, 1);
    Arrays.fill(classes[y], left, left + width, 1 + i % 2);
  }
  return Example.of(Tensor.image(picture), Target.classMap(classes));
}
