import module stride;
import module stride.zoo;
import java.util.*;
import stride.data.*;
import stride.tensor.*;

/** Detection: a network learns to find dark and light squares by their boxes, and says where one is. */
void main() throws Exception {
  var labels = List.of("dark", "light");
  var design = Zoo.find("fastestdet");
  var fresh = design.detecting(Model.initialized(design.networkFor(Shape.image(64, 64, 3), labels), 1), labels);
  var data = Examples.of(400, this::square).holdOut(0.2, 1);
  var model = Trainer.from(fresh).optimizer(Optimizer.adam(0.003)).schedule(Schedule.cosine()).batch(16).epochs(20).fit(data.train());
  double found = Evaluation.of(model, data.test()).metric("ap50");
  IO.println("AP50 %.2f, %s".formatted(found, Detector.of(model).detectImages(List.of(new stride.image.Image(square(9).input())))));
  if (found < 0.7) throw new AssertionError("the squares are not found");
}
Example square(int i) {
  var random = new SplittableRandom(i);
  int side = random.nextInt(12, 30), left = random.nextInt(64 - side), top = random.nextInt(64 - side);
  var grey = new float[64][64];
  for (int p = 0; p < 64 * 64; p++) grey[p / 64][p % 64] = 0.3f + 0.4f * random.nextFloat();
  for (int y = top; y < top + side; y++) Arrays.fill(grey[y], left, left + side, i % 2);
  return Example.of(Tensor.image(grey, grey, grey), Target.boxes(List.of(new Box(i % 2, left, top, left + side, top + side))));
}
