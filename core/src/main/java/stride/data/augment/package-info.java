/**
 * Augmentations, which vary samples while training, with the formulas of torchvision.
 *
 * <p>{@link stride.data.augment.AugmentationPreset} combines them.
 */
@NullMarked
package stride.data.augment;

import org.jspecify.annotations.NullMarked;
