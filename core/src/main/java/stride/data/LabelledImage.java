package stride.data;

import stride.image.Image;

/**
 * * An image and its class.
 *
 * @param image (H, W, C) with values in [0, 1]
 * @param label the index of its class
 */
public record LabelledImage(Image image, int label) {}
