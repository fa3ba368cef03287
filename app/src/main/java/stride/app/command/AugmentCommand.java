package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Console;
import stride.app.console.DownloadBar;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.DataSource;
import stride.app.data.LabelTable;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.PictureArguments;
import stride.app.option.ShapeConverter;
import stride.app.report.BoxDrawing;
import stride.app.report.ContactSheet;
import stride.app.report.OutputFile;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.BoxImages;
import stride.data.FolderLayout;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.data.Sample;
import stride.data.Shuffle;
import stride.data.TargetType;
import stride.data.augment.AugmentationPreset;
import stride.data.augment.BatchMixing;
import stride.data.boxes.BoxFormat;
import stride.data.boxes.BoxLayout;
import stride.image.Contained;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Loader;
import stride.zoo.TrainedOn;

/** {@code stride augment}: what a training sees of some pictures. */
@Command(
    name = "augment",
    sortOptions = false,
    description = "Show on a contact sheet what augmentation makes of a data set's images.",
    footer = {
      "",
      "Each column is what one epoch of \"stride train\" with the same --seed sees of these images"
          + " if it learns from all of the folder; which images are mixed depends on the batches,"
          + " here they are the rows."
    })
public final class AugmentCommand implements Callable<Integer> {
  private static final int ROWS = 6;
  private static final int SIDE = 224;

  /** Of a picture with boxes, many of which are small. */
  private static final int BOX_SIDE = 320;

  @Parameters(
      paramLabel = "DATASET|DIR|CSV",
      description =
          "A folder or table of pictures, as for \"stride train\", or the name of a data set.")
  private String data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the sheet, as .png or .jpg.")
  private Path out;

  @Option(
      names = "--augment",
      paramLabel = "PRESET",
      converter = DataOptions.PresetConverter.class,
      description = "none, light, standard or strong. Default: standard.")
  private AugmentationPreset augment = AugmentationPreset.STANDARD;

  @Option(
      names = "--variants",
      paramLabel = "N",
      description = "How many of each image. Default: ${DEFAULT-VALUE}.")
  private int variants = 6;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description = "What pictures of a folder are fitted to. Default: 224x224x3.")
  private @Nullable Shape input;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = DataOptions.FormatConverter.class,
      description =
          "How boxes in pictures are written down: coco, voc or yolo. Default: told by what lies in"
              + " the folder.")
  private @Nullable BoxFormat format;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder of the data set's files, if they are not to be found or downloaded.")
  private @Nullable Path folder;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    CommonOptions.atLeastOne("--variants", variants);
    var sheet = OutputFile.picture("--out", out);
    var source = DataSource.of(data, folder, format);
    if (source instanceof DataSource.Boxes boxes) {
      return boxes(boxes.layout(), sheet);
    }
    var images = images(source);
    int[] shown = shown(images);
    var augmentation = augment.of(images.shape());
    var mixing = new BatchMixing(augmentation, images.shape());
    var originals = batch(images, Augmentation.none(), shown, 0);
    var rows = new ArrayList<List<ContactSheet.Cell>>();
    for (int n = 0; n < shown.length; n++) {
      rows.add(new ArrayList<>());
      rows.get(n).add(new ContactSheet.Cell(image(images, originals, n), name(images, shown[n])));
    }
    for (int epoch = 0; epoch < variants; epoch++) {
      var varied = batch(images, augmentation, shown, epoch);
      double own = mixing.mix(common.seed(), epoch, 0, varied, 0, shown.length);
      for (int n = 0; n < shown.length; n++) {
        int before = shown[n == 0 ? shown.length - 1 : n - 1];
        rows.get(n)
            .add(
                new ContactSheet.Cell(
                    image(images, varied, n),
                    own == 1 ? "" : target(images, shown[n], before, own)));
      }
    }
    sheet.write(new ContactSheet(images.shape()).draw(titles(), rows));
    return result(augmentation, shown.length);
  }

  private int result(Augmentation augmentation, int shown) {
    var json = new LinkedHashMap<String, Object>();
    json.put("data", data);
    json.put("augment", augment.name().toLowerCase(Locale.ROOT));
    json.put("augmentation", augmentation.toString());
    json.put("images", shown);
    json.put("variants", variants);
    json.put("sheet", out.toString());
    common.result(
        json,
        Figures.format(
            "%s and %s of each in %s",
            Figures.count(shown, "image"), Figures.count(variants, "variant"), out));
    return 0;
  }

  /** Draws pictures with boxes. */
  private int boxes(BoxLayout layout, OutputFile sheet) throws IOException {
    layout.notes().forEach(common.console()::note);
    var pictures = layout.with(arguments.options()).learnFrom();
    Console.passedOver(pictures.skipped()).forEach(common.console()::note);
    var shape = shape(BOX_SIDE);
    // Whole: a box that is wrong may lie anywhere.
    var images =
        pictures.images(
            new Preprocessing(
                new Contained(Resampling.BILINEAR), shape, Normalization.none(shape.channels())));
    var augmentation = augment.ofBoxes();
    var order = new int[images.size()];
    Shuffle.fill(order, common.seed(), 0);
    var rows = new ArrayList<List<ContactSheet.Cell>>();
    for (int index : Arrays.copyOf(order, Math.min(ROWS, order.length))) {
      var row = new ArrayList<ContactSheet.Cell>();
      row.add(
          new BoxSample(images, Augmentation.none())
              .cell(index, 0, String.valueOf(pictures.marked(index).file().getFileName())));
      var varied = new BoxSample(images, augmentation);
      for (int epoch = 0; epoch < variants; epoch++) {
        row.add(varied.cell(index, CounterRandom.key(common.seed(), epoch, index), ""));
      }
      rows.add(row);
    }
    sheet.write(new ContactSheet(shape).draw(titles(), rows));
    return result(augmentation, rows.size());
  }

  private List<String> titles() {
    return List.of(
        "original",
        "%s, seed %d".formatted(augment.name().toLowerCase(Locale.ROOT), common.seed()));
  }

  /** What a training sees of pictures with boxes, one at a time. */
  private static final class BoxSample {
    private final BoxImages images;
    private final Augmentation augmentation;
    private final Sample sample;

    BoxSample(BoxImages images, Augmentation augmentation) {
      this.images = images;
      this.augmentation = augmentation;
      sample =
          new Sample(
              images.shapes().getFirst(),
              images.targets(augmentation),
              images.preprocessing().normalization());
    }

    ContactSheet.Cell cell(int index, long key, String text) {
      var boxes = images.read(index, key, augmentation, sample);
      images.targets(augmentation).write(boxes, sample.target(), 0);
      sample.setCropped(true);
      augmentation.apply(key, sample);
      float[] row = sample.target();
      var marked = new ArrayList<BoxDrawing.Marked>();
      for (int i = 1; i <= TargetType.Boxes.FLOATS * (int) row[0]; i += TargetType.Boxes.FLOATS) {
        int label = (int) row[i];
        marked.add(
            new BoxDrawing.Marked(
                row[i + 1],
                row[i + 2],
                row[i + 3],
                row[i + 4],
                images.pictures().labels().get(label),
                label));
      }
      return new ContactSheet.Cell(
          new Image(new Tensor(sample.shape(), sample.image().clone())),
          text.isEmpty() ? Figures.count(marked.size(), "box", "boxes") : text,
          marked);
    }
  }

  private ImageDataset images(DataSource source) throws IOException {
    return switch (source) {
      case DataSource.Named named -> known(named);
      case DataSource.Folder pictures -> {
        var layout = FolderLayout.of(pictures.path());
        layout.notes().forEach(common.console()::note);
        yield ImageFolder.of(layout.learnFrom(), preprocessing(), arguments.options());
      }
      case DataSource.Table file -> inTable(file);
      case DataSource.Boxes boxes -> throw boxes.notClasses("this sheet shows");
    };
  }

  private ImageDataset known(DataSource.Named named) throws IOException {
    if (arguments.areGiven()) {
      named.requirePictures("--no-exif and --max-pixels go");
    }
    if (input != null) {
      named.requirePictures("--input goes");
    }
    try (var progress = new DownloadBar(common.console())) {
      return named.source().load(progress).train();
    }
  }

  private ImageDataset inTable(DataSource.Table file) throws IOException {
    var table = LabelTable.read(file.path());
    if (table.severalLabels()) {
      throw new UsageException(
          "%s gives pictures several labels; the sheet shows pictures of one class each"
              .formatted(file));
    }
    table.notes().forEach(common.console()::note);
    var pictures = table.isSplit() ? table.train(preprocessing()) : table.all(preprocessing());
    return pictures.with(arguments.options());
  }

  private Shape shape(int side) {
    return input == null ? Shape.image(side, side, 3) : input;
  }

  private Preprocessing preprocessing() {
    var shape = shape(SIDE);
    return shape.channels() == 3
        ? TrainedOn.IMAGENET.preprocessing(shape)
        : Preprocessing.none(shape);
  }

  /** Of each class about as many, drawn. */
  private int[] shown(ImageDataset images) {
    var order = new int[images.size()];
    Shuffle.fill(order, common.seed(), 0);
    var taken = new int[images.labels().size()];
    var shown = new ArrayList<Integer>();
    for (int most = 1; shown.size() < Math.min(ROWS, order.length); most++) {
      for (int index : order) {
        if (shown.size() < ROWS && taken[images.label(index)] < most && !shown.contains(index)) {
          taken[images.label(index)]++;
          shown.add(index);
        }
      }
    }
    return shown.stream().mapToInt(Integer::intValue).toArray();
  }

  private float[] batch(ImageDataset images, Augmentation augmentation, int[] shown, int epoch) {
    int length = images.shape().elements();
    var batch = new Buffer(new float[shown.length * length], 0, length);
    new Loader(images, augmentation, images.preprocessing().normalization(), common.threads())
        .fill(shown, 0, shown.length, common.seed(), epoch, batch);
    return batch.array();
  }

  private static String target(ImageDataset images, int index, int before, double own) {
    String label = images.labels().get(images.label(index));
    String other = images.labels().get(images.label(before));
    return label.equals(other)
        ? label
        : Figures.format("%.2f %s + %.2f %s", own, label, 1 - own, other);
  }

  private static String name(ImageDataset images, int index) {
    String label = images.labels().get(images.label(index));
    return images instanceof ImageFolder pictures
        ? label + " " + pictures.file(index).getFileName()
        : "%s, image %d".formatted(label, index);
  }

  /** An image of a batch, no longer normalised. */
  private static Image image(ImageDataset images, float[] batch, int n) {
    int length = images.shape().elements();
    float[] values = Arrays.copyOfRange(batch, n * length, (n + 1) * length);
    return images.preprocessing().denormalize(new Tensor(images.shape(), values));
  }
}
