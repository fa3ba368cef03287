/**
 * What a training learns from, found by name, in folders of pictures or in tables of labels.
 *
 * <p>{@link stride.app.data.TrainingData} reads what a configuration names.
 */
@NullMarked
package stride.app.data;

import org.jspecify.annotations.NullMarked;
