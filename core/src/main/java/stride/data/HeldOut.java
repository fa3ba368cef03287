package stride.data;

/**
 * A data set in two parts.
 *
 * @param train the samples to learn from
 * @param test the samples held out, to measure with
 * @param <D> the type of the data set
 */
public record HeldOut<D>(D train, D test) {}
