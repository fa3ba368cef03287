package stride.layer.pooling;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.PoolGeometry;
import stride.layer.PlainLayer;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * The average of each channel over the whole image (H, W, C): an image (1, 1, C). Lin et al. 2013.
 */
public record GlobalAvgPool() implements PlainLayer {
  @Override
  public String kind() {
    return "globalavgpool";
  }

  @Override
  public TensorType infer(TensorType input) {
    return input.withShape(Shape.image(1, 1, Window.image(input).channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.STORES_PITCH, Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    var in = binding.inputType(0).shape();
    int h = in.height();
    int w = in.width();
    return AvgPool.step(
        binding, new PoolGeometry(h, w, in.channels(), 1, 1, h, w, 1, 1, 0, 0, 0, 0, false));
  }
}
