/**
 * What varies samples while training, with the formulas of torchvision.
 *
 * <p>{@link stride.data.augment.AugmentationPreset} has them by name.
 */
@NullMarked
package stride.data.augment;

import org.jspecify.annotations.NullMarked;
