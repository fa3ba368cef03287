package stride.layer.spatial;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * The pixels of each block become the channels of one: (H, W, C) becomes (H / block, W / block,
 * block block C). By rows it is ONNX's SpaceToDepth; by columns, with blocks of 2, the layer Focus
 * of YOLOv5 and YOLOX.
 *
 * @param block the height and width of a block, which divides the image's
 * @param order the order of a block's pixels; the channels of each stay beside each other
 */
public record SpaceToDepth(int block, Order order) implements PlainLayer {
  /** In which order the pixels of a block follow each other. */
  public enum Order {
    /** The first row from left to right, then the second. */
    ROWS,
    /** The first column from top to bottom, then the second. */
    COLUMNS
  }

  public SpaceToDepth {
    if (block < 1) {
      throw new IllegalArgumentException("a block is at least 1 pixel wide, found " + block);
    }
  }

  @Override
  public String kind() {
    return "spacetodepth";
  }

  @Override
  public String details() {
    return "%dx%d by %s".formatted(block, block, order == Order.ROWS ? "rows" : "columns");
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    if (in.height() % block != 0 || in.width() % block != 0) {
      throw new ShapeException(
          "blocks of %dx%d pixels need an image that is a multiple of them, the input is %s"
              .formatted(block, block, in));
    }
    return input.withShape(
        Shape.image(in.height() / block, in.width() / block, block * block * in.channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  /** The place of a block's pixel among all of it. */
  private int place(int row, int column) {
    return order == Order.ROWS ? row * block + column : column * block + row;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var in = binding.inputType(0).shape();
    var out = binding.outputType().shape();
    int own = in.channels();
    int inRow = in.width() * own;
    int outRow = out.width() * out.channels();
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perRow(
        out,
        (n, from, to, worker) -> {
          for (int row = from; row < to; row++) {
            for (int pixel = 0; pixel < block * block; pixel++) {
              int above = pixel / block;
              int before = pixel % block;
              kernels.copy(
                  x.array(),
                  x.at(n) + (row * block + above) * inRow + before * own,
                  block * own,
                  y.array(),
                  y.at(n) + row * outRow + place(above, before) * own,
                  out.channels(),
                  out.width(),
                  own);
            }
          }
        },
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            for (int row = 0; row < in.height(); row++) {
              for (int before = 0; before < block; before++) {
                kernels.copy(
                    dy.array(),
                    dy.at(n) + row / block * outRow + place(row % block, before) * own,
                    out.channels(),
                    dx.array(),
                    dx.at(n) + row * inRow + before * own,
                    block * own,
                    out.width(),
                    own);
              }
            }
          }
        });
  }
}
