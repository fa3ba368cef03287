package stride.zoo;

import stride.data.Augmentation;
import stride.train.Optimizer;
import stride.train.Schedule;

/** How to train a network: what gives a good result without any option. */
public record Recipe(
    Optimizer optimizer, Schedule schedule, Augmentation augmentation, int epochs, int batch) {}
