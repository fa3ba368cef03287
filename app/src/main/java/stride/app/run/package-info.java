/**
 * A training on disk: the folder with its configuration, metrics, checkpoint and model.
 *
 * <p>{@link stride.app.run.RunFolder} makes, opens and locks it; {@link stride.app.run.RunConfig}
 * is what it takes to do the training again.
 */
@NullMarked
package stride.app.run;

import org.jspecify.annotations.NullMarked;
