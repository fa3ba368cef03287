import static stride.layer.Layers.*;
import module stride;
import stride.mnist.MnistFiles;
import stride.tensor.Tensor;

/** Embeddings: a triplet loss puts digits of a class side by side, also of classes it never saw. */
void main() throws Exception {
  var digits = Mnist.read(MnistFiles::open).train();
  var known = digits.select(IntStream.range(0, 6000).filter(i -> digits.label(i) < 7).toArray());
  var others = digits.select(IntStream.range(6000, 7500).filter(i -> digits.label(i) >= 7).toArray());
  var network = Network.of(digits.shape(), sequential(
      conv(8, 5).stride(2), relu(), conv(16, 5).stride(2), relu(), flatten(), dense(16), batchNorm()));
  var model = Trainer.of(network).task(Task.VALUES).loss(new TripletLoss(1)).epochs(4).fit(known);
  var points = IntStream.range(0, others.size())
      .mapToObj(i -> model.logits(digits.preprocessing().normalize(others.get(i).image()))).toList();
  long right = IntStream.range(0, points.size()).filter(i -> others.label(i) == others.label(
      IntStream.range(0, points.size()).filter(j -> j != i).boxed()
          .min(Comparator.comparing(j -> distance(points.get(i), points.get(j)))).get())).count();
  IO.println("%d of %d have one of their class nearest".formatted(right, points.size()));
  if (right < 0.9 * points.size()) throw new AssertionError("classes are not side by side");
}

double distance(Tensor a, Tensor b) {
  return IntStream.range(0, 16).mapToDouble(k -> Math.pow(a.at(k) - b.at(k), 2)).sum();
}
