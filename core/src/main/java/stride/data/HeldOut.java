package stride.data;

/**
 * A data set in two parts.
 *
 * @param train to learn from
 * @param test held out, to measure with
 */
public record HeldOut<D>(D train, D test) {}
