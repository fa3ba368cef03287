/**
 * Trainings as the command line does them: one as its configuration says, or several to compare.
 *
 * <p>{@link stride.app.training.TrainingRun} trains and {@link
 * stride.app.training.TrainingProgress} says how it goes.
 */
@NullMarked
package stride.app.training;

import org.jspecify.annotations.NullMarked;
