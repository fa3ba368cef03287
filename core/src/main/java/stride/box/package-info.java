/**
 * Boxes and what object detectors compute with them between their plans, in plain Java: overlaps,
 * anchors, box coders, matching, suppression, RoIAlign and the parts of their losses.
 *
 * <p>Boxes lie in arrays of floats, four to a box: left, top, right, bottom, in pixels; a place in
 * such an array is the index of the box's left edge. Names and numbers are torchvision's.
 */
@NullMarked
package stride.box;

import org.jspecify.annotations.NullMarked;
