package stride.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.engine.Engine;
import stride.kernel.Kernels;
import stride.network.Classification;
import stride.network.Classification.Guess;
import stride.network.Model;
import stride.tensor.Tensor;

/** {@code stride predict}: what a model sees in pictures. */
@Command(
    name = "predict",
    sortOptions = false,
    description = "Say what a model sees in pictures: JPEG, PNG, BMP, GIF or WebP.")
final class PredictCommand implements Callable<Integer> {
  /** So many pictures are computed at once, and no more of them are held in memory. */
  private static final int BATCH = 32;

  /**
   * Up to so many multiply-adds, 60 pictures of ResNet-18, plain loops end first: the JIT compiler
   * takes seconds for the vector kernels.
   */
  private static final long BRIEF = 110_000_000_000L;

  @Parameters(index = "0", paramLabel = "MODEL.safetensors", description = "A saved model.")
  private Path file;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE", description = "The pictures.")
  private List<Path> images;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "How many classes to name, the most probable first. Default: 3.")
  private int top = 3;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    CommonOptions.atLeastOne("--top", top);
    List<Classification> classified;
    try (var pictures = new PicturesAhead(images, arguments.options())) {
      var model = Model.load(file);
      boolean brief = images.size() * model.network().multiplyAdds() <= BRIEF;
      if (!brief && Relaunch.isPossible()) {
        return Relaunch.withVectorKernels(common.arguments());
      }
      classified = brief ? briefly(model, pictures) : inBatches(model, pictures);
    }
    var json = new ArrayList<Map<String, Object>>();
    var lines = new ArrayList<String>();
    int width = images.stream().mapToInt(image -> image.toString().length()).max().orElse(0);
    for (int i = 0; i < images.size(); i++) {
      String image = images.get(i).toString();
      var guesses = classified.get(i).top(top);
      json.add(json(image, guesses));
      lines.add(
          image
              + " ".repeat(width - image.length() + 2)
              + guesses.stream()
                  .map(
                      guess ->
                          Figures.format("%s (%.1f %%)", guess.label(), 100 * guess.probability()))
                  .collect(Collectors.joining(", ")));
    }
    common.result(Map.of("images", json), String.join("\n", lines));
    return 0;
  }

  /** One picture at a time: larger batches touch more memory, and plain loops gain nothing. */
  private List<Classification> briefly(Model model, PicturesAhead pictures) throws IOException {
    try (var engine = Engine.with(common.threads(), Kernels.scalar())) {
      return classify(model, pictures, 1, engine);
    }
  }

  private List<Classification> inBatches(Model model, PicturesAhead pictures) throws IOException {
    try (var engine = common.engine()) {
      return classify(model, pictures, BATCH, engine);
    }
  }

  private static List<Classification> classify(
      Model model, PicturesAhead pictures, int batch, Engine engine) throws IOException {
    var classified = new ArrayList<Classification>();
    while (pictures.hasNext()) {
      var prepared = new ArrayList<Tensor>();
      while (prepared.size() < batch && pictures.hasNext()) {
        prepared.add(pictures.next(model.preprocessing()));
      }
      classified.addAll(model.classify(prepared, engine));
    }
    return classified;
  }

  private static Map<String, Object> json(String image, List<Guess> guesses) {
    var top = new ArrayList<Map<String, Object>>();
    for (var guess : guesses) {
      var json = new LinkedHashMap<String, Object>();
      json.put("label", guess.label());
      json.put("index", guess.index());
      json.put("probability", guess.probability());
      top.add(json);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("image", image);
    json.put("top", top);
    return json;
  }
}
