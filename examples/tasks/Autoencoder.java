import static stride.layer.Layers.*;
import module stride;
import stride.data.*;
import stride.mnist.MnistFiles;

/** An autoencoder: digits of 784 pixels, told in 16 numbers and drawn again. */
void main() throws Exception {
  var mnist = Mnist.read(MnistFiles::open);
  var network = Network.of(mnist.train().shape(), sequential(
      conv(8, 4).stride(2).padding(1), relu(), conv(16, 4).stride(2).padding(1), relu(),
      tap("code", conv(16, 7)), convTranspose(16, 7), relu(),
      convTranspose(8, 4).stride(2).padding(1), relu(), convTranspose(1, 4).stride(2).padding(1)));
  var trainer = Trainer.of(network).optimizer(Optimizer.adam(0.005)).batch(32).epochs(2);
  var model = trainer.fit(itself(mnist.train().first(6000)));
  double loss = Evaluation.of(model, itself(mnist.test().first(500))).loss();
  IO.println("mean squared error of a pixel %.4f".formatted(loss));
  if (loss > 0.03) throw new AssertionError("the digits are not drawn again");
}

Examples itself(ImageDataset images) {
  return Examples.of(images.size(), i -> {
    var image = images.get(i).image().values();
    return Example.of(image, Target.image(image));
  });
}
