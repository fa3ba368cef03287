package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Bar;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.PictureFiles;
import stride.app.data.PicturesAhead;
import stride.app.option.CommonOptions;
import stride.app.option.ModelOptions;
import stride.app.option.PictureArguments;
import stride.app.report.BoxPainter;
import stride.detection.Detector;
import stride.engine.Engine;
import stride.image.Image;
import stride.kernel.Kernels;
import stride.network.Classification.Guess;
import stride.network.Model;

/** {@code stride predict}: what a model sees in pictures. */
@Command(
    name = "predict",
    sortOptions = false,
    description =
        "Say what a network sees in pictures, or what is where in them: JPEG, PNG, BMP, GIF or"
            + " WebP.",
    footer = {
      "",
      "predict resnet50 --weights imagenet photo.jpg downloads torchvision's weights once, to"
          + " STRIDE_HOME or the platform's cache."
    })
public final class PredictCommand implements Callable<Integer> {
  /** So many pictures are computed at once, and no more of them are held in memory. */
  private static final int BATCH = 32;

  /** The number of pictures from which on a bar shows the progress. */
  private static final int MANY = 10;

  /**
   * The multiply-adds, those of 60 pictures of ResNet-18, up to which plain loops end first: the
   * JIT compiler takes seconds for the vector kernels.
   */
  private static final long BRIEF = 110_000_000_000L;

  @Mixin private ModelOptions source;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Pictures, folders of them, or patterns such as \"photos/*.jpg\".")
  private List<String> images;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "How many classes to name, the most probable first. Default: 3.")
  private @Nullable Integer top;

  @Mixin private BoxOptions boxes;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  /**
   * What a model says of a picture, or why it cannot. Of the guesses those are kept that are shown:
   * all of them for a folder of ImageNet's size would fill the memory.
   */
  private record Seen(Path image, List<Guess> top, @Nullable IOException failure) {}

  @Override
  public Integer call() throws IOException {
    // What is wrong by itself is said before a model is read.
    CommonOptions.atLeastOne("--top", top());
    boxes.check();
    boolean finds = source.findsBoxes();
    if (finds && top != null) {
      throw new UsageException(
          "--top goes with networks that classify pictures, %s finds boxes: --max-boxes says how many"
              .formatted(source.name()));
    }
    if (!finds) {
      boxes.refuse(source.name());
    }
    var passedOver = new ArrayList<String>();
    var files = PictureFiles.of(images, passedOver::add);
    return finds ? find(files, passedOver) : classify(files, passedOver);
  }

  private int top() {
    return top == null ? 3 : top;
  }

  /** Says what is where. */
  private int find(List<Path> files, List<String> passedOver) throws IOException {
    List<FoundObjects> found;
    Detector detector;
    try (var pictures = new PicturesAhead(files, arguments.options())) {
      var model = source.loadDetector(common);
      boolean brief = files.size() * model.network().graph().multiplyAdds() <= BRIEF;
      if (!brief && Relaunch.isPossible()) {
        return Relaunch.withVectorKernels(common.arguments());
      }
      source.sayHowItWasRead(common.console());
      Console.passedOver(passedOver).forEach(common.console()::note);
      try (var engine = brief ? Engine.with(common.threads(), Kernels.scalar()) : common.engine()) {
        detector = boxes.limit(Detector.of(model, engine));
        var drawing = boxes.drawing(files);
        found =
            pictures.count() < MANY
                ? FoundObjects.in(pictures, detector, drawing, _ -> {})
                : findMany(pictures, detector, drawing);
      }
    }
    boolean failed =
        complain(
            found.size(), found.stream().flatMap(one -> Stream.ofNullable(one.failure())).toList());
    common.result(
        Map.of("images", found.stream().map(one -> one.json(detector)).toList()),
        FoundObjects.text(found, detector));
    return failed ? Failures.FAILED : 0;
  }

  private List<FoundObjects> findMany(
      PicturesAhead pictures, Detector detector, @Nullable BoxPainter drawing) throws IOException {
    try (var bar = new Bar(common.console(), "predict", pictures.count(), " pictures", 1)) {
      return FoundObjects.in(pictures, detector, drawing, bar::at);
    }
  }

  /**
   * Throws the failure of an only picture; of several each is said.
   *
   * @return whether there is one
   */
  private boolean complain(int pictures, List<IOException> failures) throws IOException {
    for (var failure : failures) {
      if (pictures == 1) {
        throw failure;
      }
      common.console().note("stride: " + Failures.sentence(failure));
    }
    return !failures.isEmpty();
  }

  private int classify(List<Path> files, List<String> passedOver) throws IOException {
    List<Seen> seen;
    try (var pictures = new PicturesAhead(files, arguments.options())) {
      var model = source.load(common, List.of());
      boolean brief = files.size() * model.network().multiplyAdds() <= BRIEF;
      if (!brief && Relaunch.isPossible()) {
        return Relaunch.withVectorKernels(common.arguments());
      }
      source.sayHowItWasRead(common.console());
      Console.passedOver(passedOver).forEach(common.console()::note);
      seen = brief ? briefly(model, pictures) : inBatches(model, pictures);
    }
    boolean failed =
        complain(
            seen.size(), seen.stream().flatMap(one -> Stream.ofNullable(one.failure())).toList());
    common.result(
        Map.of("images", seen.stream().map(PredictCommand::json).toList()),
        text(seen.stream().filter(picture -> picture.failure == null).toList()));
    return failed ? Failures.FAILED : 0;
  }

  /** One picture at a time: larger batches touch more memory, and plain loops gain nothing. */
  private List<Seen> briefly(Model model, PicturesAhead pictures) {
    try (var engine = Engine.with(common.threads(), Kernels.scalar())) {
      return look(model, pictures, 1, engine);
    }
  }

  private List<Seen> inBatches(Model model, PicturesAhead pictures) {
    try (var engine = common.engine()) {
      return look(model, pictures, BATCH, engine);
    }
  }

  private List<Seen> look(Model model, PicturesAhead pictures, int batch, Engine engine) {
    if (pictures.count() < MANY) {
      return look(model, pictures, batch, engine, null);
    }
    try (var bar = new Bar(common.console(), "predict", pictures.count(), " pictures", 1)) {
      return look(model, pictures, batch, engine, bar);
    }
  }

  private List<Seen> look(
      Model model, PicturesAhead pictures, int batch, Engine engine, @Nullable Bar bar) {
    var seen = new ArrayList<Seen>();
    while (pictures.hasNext()) {
      var places = new ArrayList<Integer>();
      var prepared = new ArrayList<Image>();
      while (prepared.size() < batch && pictures.hasNext()) {
        var file = pictures.file();
        try {
          prepared.add(pictures.next(model.preprocessing()));
          places.add(seen.size());
          seen.add(new Seen(file, List.of(), null));
        } catch (IOException e) {
          seen.add(new Seen(file, List.of(), e));
        }
      }
      var classified = model.classify(prepared, engine);
      for (int i = 0; i < classified.size(); i++) {
        int place = places.get(i);
        seen.set(place, new Seen(seen.get(place).image, classified.get(i).top(top()), null));
      }
      if (bar != null) {
        bar.at(seen.size());
      }
    }
    return seen;
  }

  private static String text(List<Seen> seen) {
    int width = seen.stream().mapToInt(picture -> name(picture).length()).max().orElse(0);
    return seen.stream()
        .map(
            picture -> {
              String image = name(picture);
              return image + " ".repeat(width - image.length() + 2) + guesses(picture.top);
            })
        .collect(Collectors.joining("\n"));
  }

  private static String name(Seen picture) {
    return Console.inLine(picture.image.toString());
  }

  private static String guesses(List<Guess> guesses) {
    return guesses.stream()
        .map(guess -> Figures.format("%s (%.1f %%)", guess.label(), 100 * guess.probability()))
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Object> json(Seen picture) {
    var json = new LinkedHashMap<String, Object>();
    json.put("image", picture.image.toString());
    if (picture.failure != null) {
      json.put("error", Failures.sentence(picture.failure));
      return json;
    }
    var guesses = new ArrayList<Map<String, Object>>();
    for (var guess : picture.top) {
      var one = new LinkedHashMap<String, Object>();
      one.put("label", guess.label());
      one.put("index", guess.index());
      one.put("probability", guess.probability());
      guesses.add(one);
    }
    json.put("top", guesses);
    return json;
  }
}
