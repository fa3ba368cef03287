package stride.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;
import stride.image.Preprocessing;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * What a network that paints pictures has beside its design.
 *
 * @param ofWeights the design of the network whose weights a file holds: it may be wider or
 *     narrower than the one that the zoo has under its name
 * @param preprocessing how pictures become inputs of a shape; the colours of outputs are meant as
 *     those of inputs are
 */
public record PainterDesign(DesignOfFile ofWeights, Function<Shape, Preprocessing> preprocessing) {

  /** Tells a design by a file. */
  @FunctionalInterface
  public interface DesignOfFile {
    /**
     * {@return the design of the network whose weights a file holds}
     *
     * @param weights the file
     * @throws IOException if it cannot be read
     */
    BiFunction<Shape, Integer, Network> of(Path weights) throws IOException;
  }
}
