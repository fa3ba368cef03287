/**
 * Data sets to learn from: labelled images, samples of any other task, the files they come from,
 * shuffling and augmentation.
 *
 * <p>An {@link stride.data.ImageDataset} gives images in [0, 1]; an {@link
 * stride.data.Augmentation} varies them; a {@link stride.image.Normalization} brings them to the
 * range that a network is trained on. {@link stride.data.Examples} are samples of any other task,
 * each with a {@link stride.data.Target}.
 */
@NullMarked
package stride.data;

import org.jspecify.annotations.NullMarked;
