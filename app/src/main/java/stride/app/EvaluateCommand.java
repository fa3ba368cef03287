package stride.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.network.Model;
import stride.train.Evaluation;

/** {@code stride evaluate}: how many of a data set's test images a model gets right. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description = "Count how many of a data set's test images a model gets right.")
final class EvaluateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL.safetensors", description = "A model that Stride saved.")
  private Path file;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATASET",
      description = "mnist or fashion-mnist.")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The folder of the data set's files, where they do not ship with Stride.")
  private @Nullable Path folder;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var source = DataSets.find(data, folder);
    var model = Model.load(file);
    Evaluation evaluation;
    try (var engine = common.engine()) {
      evaluation = Evaluation.of(model, source.load().test(), engine);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("model", file.toString());
    json.put("dataset", data);
    json.put("top1", evaluation.top1());
    json.put("top5", evaluation.top5());
    json.put("images", evaluation.images());
    json.put("seconds", evaluation.seconds());
    common.result(
        json,
        "%s of %s test images right, %s among the first five, in %s"
            .formatted(
                Figures.percent(evaluation.top1()),
                Figures.count(evaluation.images()),
                Figures.percent(evaluation.top5()),
                Figures.seconds(evaluation.seconds())));
    return 0;
  }
}
