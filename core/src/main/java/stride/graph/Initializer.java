package stride.graph;

import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import stride.tensor.Shape;

/**
 * Gives fresh weights their first values. Shapes are the file's: (O, I, H, W) for filters, (out,
 * in) for a matrix; a fan-in is I x H x W, what one output sums, a fan-out O x H x W.
 */
@FunctionalInterface
public interface Initializer {
  /** The first values of a tensor of {@code shape}, in the file's order. */
  float[] values(Shape shape, RandomGenerator random);

  /**
   * Draws one value after the other, so that a large tensor can be filled without a second array of
   * its size.
   */
  interface Drawn extends Initializer {
    /** Where the first values of a tensor of {@code shape} come from, in the file's order. */
    DoubleSupplier draws(Shape shape, RandomGenerator random);

    @Override
    default float[] values(Shape shape, RandomGenerator random) {
      var draws = draws(shape, random);
      var values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) draws.getAsDouble();
      }
      return values;
    }
  }

  /** All values the same. */
  record Constant(float value) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return () -> value;
    }
  }

  /** Uniform in [-bound, bound). */
  record Uniform(double bound) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return () -> (2 * random.nextDouble() - 1) * bound;
    }
  }

  /** Normal with mean 0. */
  record Normal(double standardDeviation) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return () -> random.nextGaussian() * standardDeviation;
    }
  }

  /**
   * What a Kaiming initialiser keeps the variance of: the forward (fan-in) or the backward pass
   * (fan-out).
   */
  enum Fan {
    IN,
    OUT;

    int of(Shape shape) {
      return shape.elements() / shape.size(this == IN ? 0 : 1);
    }
  }

  /**
   * Uniform in +-gain sqrt(3 / fan): He et al. 2015, "Delving Deep into Rectifiers"; PyTorch's
   * kaiming_uniform_. The gain for ReLU is sqrt 2, for linear units 1, for tanh 5/3; PyTorch's
   * default for convolutions and dense layers is 1 / sqrt 3 with the fan-in.
   */
  record KaimingUniform(double gain, Fan fan) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return new Uniform(gain * Math.sqrt(3.0 / fan.of(shape))).draws(shape, random);
    }
  }

  /** Normal with standard deviation gain / sqrt(fan); PyTorch's kaiming_normal_. */
  record KaimingNormal(double gain, Fan fan) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return new Normal(gain / Math.sqrt(fan.of(shape))).draws(shape, random);
    }
  }

  /**
   * Uniform in +-gain sqrt(6 / (fan-in + fan-out)): Glorot and Bengio 2010; PyTorch's
   * xavier_uniform_.
   */
  record XavierUniform(double gain) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return new Uniform(gain * Math.sqrt(6.0 / (Fan.IN.of(shape) + Fan.OUT.of(shape))))
          .draws(shape, random);
    }
  }

  /** Normal with standard deviation gain sqrt(2 / (fan-in + fan-out)); PyTorch's xavier_normal_. */
  record XavierNormal(double gain) implements Drawn {
    @Override
    public DoubleSupplier draws(Shape shape, RandomGenerator random) {
      return new Normal(gain * Math.sqrt(2.0 / (Fan.IN.of(shape) + Fan.OUT.of(shape))))
          .draws(shape, random);
    }
  }
}
