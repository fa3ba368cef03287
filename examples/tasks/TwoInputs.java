import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.tensor.*;

/** Two inputs, a picture with a spot and a place as two numbers: which way is the spot from there? */
void main() throws Exception {
  var data = Examples.of(2000, this::question).holdOut(0.2, 1);
  var joined = branches(sequential(input("picture"), flatten(), dense(32)), sequential(input("place"), dense(32)));
  var network = Network.of(Map.of("picture", Shape.image(8, 8, 1), "place", Shape.of(2)),
      sequential(joined, relu(), dense(32), relu(), dense(2)));
  var model = Trainer.of(network).optimizer(Optimizer.adam(0.01)).epochs(10).fit(data.train());
  double error = Evaluation.of(model, data.test()).metric("mean_absolute_error");
  IO.println("the way to the spot is told to %.2f pixels".formatted(error));
  if (error > 0.7) throw new AssertionError("the ways are not told");
}
Example question(int i) {
  var random = new SplittableRandom(i);
  var picture = new float[8][8];
  int x = random.nextInt(8), y = random.nextInt(8);
  picture[y][x] = 1;
  var place = Tensor.of(Shape.of(2), random.nextInt(8), random.nextInt(8));
  return Example.of(Map.of("picture", Tensor.image(picture), "place", place),
      Target.values(x - place.at(0), y - place.at(1)));
}
