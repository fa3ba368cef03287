/**
 * One file a layer: its settings, its shape rule, its weights, forward and backward.
 *
 * <p>{@link stride.layer.Layers} makes them; combinators ({@link stride.layer.Sequential}, {@link
 * stride.layer.Residual}, {@link stride.layer.Branches}) join them. Formulas are those of the
 * lecture and the papers.
 */
@NullMarked
package stride.layer;

import org.jspecify.annotations.NullMarked;
