package stride.app.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the folder of a run holds, whether the run is finished, going on or broken off.
 *
 * @param metrics of the epochs so far
 * @param finished whether the training has come to its end
 * @param failure what ended the training before its time, in words; empty if nothing did
 * @param model the trained model or, of a run that is not finished, that of its best epoch; empty
 *     if there is none yet
 */
public record SavedRun(
    RunConfig config,
    Metrics metrics,
    boolean finished,
    Optional<String> failure,
    Optional<Path> model) {}
