/**
 * Detectors: networks that say what is where in a picture. A method is all of a detector that is
 * beside its network: how pictures become inputs, how outputs become boxes, and the loss by which
 * it is learned; {@link CocoMeasure} says how good it is. The arithmetic of boxes is in {@link
 * stride.box}.
 */
@NullMarked
package stride.detection;

import org.jspecify.annotations.NullMarked;
