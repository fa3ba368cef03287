/**
 * Style transfer: losses that compare the maps of a network's layers, and a picture that is changed
 * until they are small (Gatys, Ecker and Bethge 2016). {@link Formulas} holds the arithmetic of the
 * paper, {@link PictureLoss} puts losses on layers, {@link StyleTransfer} paints. {@link Painter}
 * paints in one pass what a network has learned by a {@link PerceptualLoss}.
 */
@NullMarked
package stride.style;

import org.jspecify.annotations.NullMarked;
