/**
 * What a network learns from: data sets of labelled images, the files they come from, shuffling and
 * augmentation.
 *
 * <p>An {@link stride.data.ImageDataset} gives images in [0, 1]; an {@link
 * stride.data.Augmentation} varies them; a {@link stride.image.Normalization} brings them to the
 * range that a network is trained on.
 */
@NullMarked
package stride.data;

import org.jspecify.annotations.NullMarked;
