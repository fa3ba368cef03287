package stride.graph;

/**
 * Numbers that an operation keeps from batch to batch without learning them by gradient: batch
 * norm's running mean.
 *
 * @param name its name in the state dict below the operation's own: "running_mean"
 * @param length how many numbers
 * @param initial the first value of each
 * @param counter whether files hold it as one 64-bit integer without a shape: "num_batches_tracked"
 */
public record Statistic(String name, int length, float initial, boolean counter) {}
