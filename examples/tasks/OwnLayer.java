import module stride;

/** A layer of one's own: y = sin x, so dx = dy cos x. It is saved in a model file, and loaded. */
public record Sine() implements PlainLayer {
  public String kind() { return "sine"; }
  public Set<Trait> traits() { return Activation.TRAITS_FROM_INPUT; }
  public Step compile(Binding binding) {
    return Activation.stepFromInput(binding, (x, xo, y, yo, n) -> {
      for (int i = 0; i < n; i++) y[yo + i] = (float) Math.sin(x[xo + i]);
    }, (x, xo, dy, dyo, dx, dxo, n) -> {
      for (int i = 0; i < n; i++) dx[dxo + i] = dy[dyo + i] * (float) Math.cos(x[xo + i]);
    });
  }
}

void main() throws Exception {
  var input = Tensor.image(new float[][] {{1, 2, 3}, {4, 5, 6}});
  GradientCheck.of(new Sine(), input.shape()).run().requireRight();
  var types = OperationTypes.standard().with(Sine.class); // the layers that model files may name
  var file = Files.createTempFile("sine", ".safetensors");
  var model = Model.initialized(Network.of(input.shape(), Layers.sequential(Layers.conv(4, 2), new Sine())), 1);
  model.save(file, types);
  if (!Model.load(file, types).logits(input).equals(model.logits(input))) throw new AssertionError("another model");
  IO.println("its gradients are right; saved and loaded: " + model);
}
