package stride.graph;

import stride.tensor.Shape;

/**
 * A weight tensor that an operation learns.
 *
 * @param name its name in the state dict below the operation's own: "weight", "bias"
 * @param shape its shape in files, as PyTorch has it
 * @param layout how it lies in memory
 * @param initializer its first values
 */
public record Parameter(String name, Shape shape, WeightLayout layout, Initializer initializer) {}
