package stride.app.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import stride.app.console.Console;
import stride.app.run.RunFolder;
import stride.engine.Engine;
import stride.format.FileException;
import stride.image.Pixels;
import stride.network.Model;
import stride.network.Task;
import stride.style.Style;
import stride.style.StyleSettings;
import stride.style.StyleTransfer;
import stride.zoo.Zoo;

/**
 * How good a model is that paints in one pass: the loss of its training, of what it paints of a
 * photo, beside that of the photo itself after some steps of Adam.
 */
public final class AdamComparison {
  private final int steps;
  private final StyleTransfer transfer;
  private final List<Style> styles;

  private AdamComparison(int steps, StyleTransfer transfer, List<Style> styles) {
    this.steps = steps;
    this.transfer = transfer;
    this.styles = styles;
  }

  /**
   * Losses of one photo.
   *
   * @param painted of what the model paints
   * @param adam of the photo, after 0, 1, 2 and so on steps
   */
  public record Losses(double painted, List<Double> adam) {
    /** {@return the steps after which Adam's loss is as low for the first time, if it ever is} */
    public OptionalInt reached() {
      return IntStream.range(0, adam.size()).filter(step -> adam.get(step) <= painted).findFirst();
    }
  }

  /**
   * A comparison by what a run has learned from.
   *
   * @param folder of the run
   * @param model that it has made
   * @param steps of Adam, 1 or more
   * @param engine computes; stays open
   * @throws FileException if the run trained another kind of network
   * @throws IOException if the painting or the loss network's weights cannot be read
   */
  public static AdamComparison of(
      Path folder, Model model, int steps, Engine engine, Console console) throws IOException {
    var config = RunFolder.read(folder).config();
    if (model.task() != Task.IMAGE || !config.given("style")) {
      throw new FileException("%s is no run of a network that paints".formatted(folder));
    }
    var training = new PainterTraining(config, Zoo.find(config.network()));
    var layers = training.loss(model, engine, console).layers();
    // So many that none of those that count is one of the last and smaller ones.
    var settings = StyleSettings.STANDARD.method(StyleSettings.Method.ADAM).steps(2 * (steps + 1));
    return new AdamComparison(
        steps,
        new StyleTransfer(training.judge(console), layers, settings, engine),
        List.of(new Style(training.painting(model.network().input()), 1)));
  }

  /**
   * {@return the losses of a photo}
   *
   * @param painted what the model makes of it
   * @throws IllegalArgumentException if it is too small for the loss network
   */
  public Losses of(Pixels photo, Pixels painted) {
    var adam = new ArrayList<Double>();
    transfer.paint(
        photo,
        styles,
        (progress, _) -> {
          adam.add(progress.losses().total());
          return adam.size() <= steps;
        });
    return new Losses(transfer.losses(photo, styles, painted).total(), adam);
  }
}
