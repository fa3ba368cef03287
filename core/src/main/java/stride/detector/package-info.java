/**
 * Detectors: networks that say what is where in a picture. A method is all of a detector that is
 * beside its network: how pictures become inputs, how outputs become boxes, and the loss by which
 * it is learned; what methods have in common is in {@link stride.detection}.
 */
@NullMarked
package stride.detector;

import org.jspecify.annotations.NullMarked;
