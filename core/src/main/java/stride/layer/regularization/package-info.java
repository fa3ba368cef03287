/** Layers that are at work only while a network learns: they drop values or whole branches. */
@NullMarked
package stride.layer.regularization;

import org.jspecify.annotations.NullMarked;
