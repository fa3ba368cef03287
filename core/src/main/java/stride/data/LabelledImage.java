package stride.data;

import stride.tensor.Tensor;

/**
 * An image and what it shows.
 *
 * @param image (H, W, C) with values in [0, 1]
 * @param label the index of its class
 */
public record LabelledImage(Tensor image, int label) {}
