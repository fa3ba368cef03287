package stride.data;

/**
 * A data set as it is published: what to learn from, and what to measure with.
 *
 * @param train the images to learn from
 * @param test the images kept back
 */
public record Splits(ImageDataset train, ImageDataset test) {}
