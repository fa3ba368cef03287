package stride.onnx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.channelShuffle;
import static stride.layer.Layers.channelSplit;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.convTranspose;
import static stride.layer.Layers.crop;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.difference;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.elu;
import static stride.layer.Layers.exp;
import static stride.layer.Layers.fixedAffine;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.frozenBatchNorm;
import static stride.layer.Layers.gated;
import static stride.layer.Layers.gelu;
import static stride.layer.Layers.geluTanh;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.groupNorm;
import static stride.layer.Layers.hardSigmoid;
import static stride.layer.Layers.hardSwish;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.instanceNorm;
import static stride.layer.Layers.layerNorm;
import static stride.layer.Layers.layerNorm2d;
import static stride.layer.Layers.leakyRelu;
import static stride.layer.Layers.localResponseNorm;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.mish;
import static stride.layer.Layers.named;
import static stride.layer.Layers.pixelRow;
import static stride.layer.Layers.prelu;
import static stride.layer.Layers.product;
import static stride.layer.Layers.reflectionPad;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.relu6;
import static stride.layer.Layers.replicationPad;
import static stride.layer.Layers.reshape;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.scaledL2Norm;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.shared;
import static stride.layer.Layers.sigmoid;
import static stride.layer.Layers.silu;
import static stride.layer.Layers.slice;
import static stride.layer.Layers.softmax;
import static stride.layer.Layers.softplus;
import static stride.layer.Layers.spaceToDepth;
import static stride.layer.Layers.subsample;
import static stride.layer.Layers.tanh;
import static stride.layer.Layers.tap;
import static stride.layer.Layers.upsample;
import static stride.layer.Layers.upsampleTo;
import static stride.layer.Layers.zeroPad;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.Layer;
import stride.layer.Rearrange;
import stride.layer.spatial.SpaceToDepth;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.onnx.proto.OnnxFile;
import stride.tensor.Shape;

/** Each operation, written for each version of operators, as ONNX Runtime computes it. */
@Tag("slow")
class OperationExportTest {
  private static final double TOLERANCE = 1e-5;
  private static final Shape IMAGE = Shape.image(9, 11, 6);

  /** Layers on an image of 9x11x6, by what they are. */
  static Map<String, Layer> layers() {
    var layers = new LinkedHashMap<String, Layer>();
    layers.put("conv", conv(5, 3, 2).padding(1, 0).stride(2, 1));
    layers.put("dilated conv", conv(5, 3).dilation(2).padding(2).noBias());
    layers.put("grouped conv", conv(6, 3).groups(3));
    layers.put("conv, same, even", conv(4, 4).same().stride(2));
    layers.put("transposed conv", convTranspose(4, 3).stride(2).padding(1).outputPadding(1, 0));
    layers.put("grouped transposed conv", convTranspose(4, 2, 3).stride(2).groups(2).noBias());
    layers.put("dense", sequential(flatten(), dense(4)));
    layers.put("dense without bias", sequential(flatten(), dense(4).noBias(), relu(), dense(3)));
    layers.put("batch norm", batchNorm(1e-3));
    layers.put("batch norm of a vector", sequential(globalAvgPool(), flatten(), batchNorm()));
    layers.put("frozen batch norm", frozenBatchNorm());
    layers.put("group norm", groupNorm(3));
    layers.put("group norm without weights", groupNorm(2).noAffine());
    layers.put("group norm, one group", groupNorm(1));
    layers.put("group norm, each channel", groupNorm(6));
    // Mean values would be nearly the same, and their variance mostly rounding.
    layers.put("group norm of one pixel", sequential(conv(6, 9, 11), groupNorm(3)));
    layers.put("group norm of a column", sequential(avgPool(1, 11), groupNorm(2)));
    layers.put("group norm of a vector", sequential(flatten(), dense(6), groupNorm(3)));
    layers.put(
        "shared group norm",
        sequential(shared("a", groupNorm(2)), subsample(2, 6), shared("a", groupNorm(2))));
    layers.put("layer norm of one pixel", sequential(globalAvgPool(), layerNorm2d()));
    layers.put("instance norm", instanceNorm());
    layers.put("instance norm with weights", instanceNorm().withAffine());
    layers.put("layer norm", layerNorm());
    layers.put("layer norm without weights", layerNorm().noAffine());
    layers.put("layer norm per pixel", layerNorm2d());
    layers.put("layer norm per pixel without weights", layerNorm2d().noAffine());
    layers.put("layer norm of a vector", sequential(flatten(), layerNorm(), dense(3)));
    layers.put("local response norm", localResponseNorm(3));
    layers.put("local response norm, even", localResponseNorm(4));
    layers.put("scaled norm", scaledL2Norm(20));
    layers.put("maxima", maxPool(3).stride(2).padding(1));
    layers.put("maxima, ceil", maxPool(3, 2).stride(2).ceilMode());
    layers.put("maxima, ceil, padding", maxPool(2).stride(2).padding(1).ceilMode());
    layers.put("averages", avgPool(3).stride(2).padding(1));
    layers.put("averages without padding", avgPool(3).stride(2).padding(1).countExcludePad());
    layers.put("averages, ceil", avgPool(2).stride(2).ceilMode());
    layers.put("averages, ceil, padding", avgPool(4, 4).stride(3, 3).padding(1).ceilMode());
    layers.put(
        "averages, ceil, without padding",
        avgPool(4, 4).stride(3, 3).padding(1).ceilMode().countExcludePad());
    layers.put("adaptive averages", adaptiveAvgPool(4));
    layers.put("adaptive averages, even", adaptiveAvgPool(1));
    layers.put("adaptive averages, larger", adaptiveAvgPool(13));
    layers.put("subsample", subsample(2, 9));
    layers.put("subsample without channels", subsample(3, 6));
    layers.put("zeros", zeroPad(1, 2, 3, 0));
    layers.put("reflection", reflectionPad(1, 2, 3, 0));
    layers.put("replication", replicationPad(1, 2, 3, 0));
    layers.put("crop", crop(2, 1, 4, 7));
    layers.put("nearest", upsample(2));
    layers.put("nearest by 1.5", upsample(1.5));
    layers.put("nearest to a size", upsampleTo(20, 17));
    layers.put("bilinear", upsample(2).bilinear());
    layers.put("bilinear by 1.7", upsample(1.7).bilinear());
    layers.put("bilinear to a size", upsampleTo(20, 5).bilinear());
    layers.put("bilinear, corners", upsampleTo(20, 17).bilinearAligned());
    layers.put("bilinear, asymmetric", upsample(2).bilinearAsymmetric());
    layers.put("bilinear to a size, asymmetric", upsampleTo(20, 5).bilinearAsymmetric());
    layers.put("blocks", sequential(crop(0, 0, 9, 9), spaceToDepth(3)));
    layers.put(
        "blocks by columns",
        sequential(crop(0, 1, 8, 10), new SpaceToDepth(2, SpaceToDepth.Order.COLUMNS)));
    layers.put("row of pixels", pixelRow(conv(6, 3), identity()));
    layers.put(
        "rearranged",
        sequential(
            new Rearrange(List.of(9, 11, 2, 3), List.of(2, 0, 1, 3), Shape.image(6, 11, 9)),
            conv(2, 3)));
    layers.put("fixed affine", fixedAffine());
    layers.put("exp", exp());
    layers.put("shuffle", channelShuffle(3));
    layers.put("shuffle of a vector", sequential(globalAvgPool(), flatten(), channelShuffle(2)));
    layers.put("slice", slice(1, 4));
    layers.put("split", channelSplit(1, 3));
    layers.put("split of a vector", sequential(globalAvgPool(), flatten(), channelSplit(2, 3)));
    layers.put(
        "branches", branches(conv(3, 3).padding(1), identity(), maxPool(3).stride(1).padding(1)));
    layers.put("reshape", sequential(reshape(11, 9, 6), conv(3, 3)));
    layers.put("reshape to a vector", sequential(reshape(9 * 11 * 6), dense(3)));
    layers.put(
        "reshape of a vector", sequential(flatten(), dense(24), reshape(4, 3, 2), conv(2, 2)));
    layers.put("sum", residual(conv(6, 3).padding(1)));
    layers.put("difference", difference(conv(6, 3).padding(1), identity()));
    layers.put("product", product(conv(6, 3).padding(1), identity()));
    layers.put("gate", gated(sequential(globalAvgPool(), conv(6, 1), hardSigmoid())));
    layers.put("shared", sequential(shared("a", conv(6, 1)), relu(), shared("a", conv(6, 1))));
    layers.put("tap of the input", tap("in", identity()));
    layers.put("names that meet", sequential(named("output", conv(3, 1)), relu()));
    layers.put("dropout in the end", sequential(conv(3, 1), dropout(0.5)));
    layers.put("elu", elu(0.7));
    layers.put("gelu", gelu());
    layers.put("gelu by tanh", geluTanh());
    layers.put("hard sigmoid", hardSigmoid());
    layers.put("hard swish", hardSwish());
    layers.put("leaky relu", leakyRelu(0.2));
    layers.put("mish", mish());
    layers.put("prelu", prelu());
    layers.put("prelu per channel", prelu().perChannel());
    layers.put(
        "prelu per channel of a vector",
        sequential(globalAvgPool(), flatten(), prelu().perChannel()));
    layers.put("relu6", relu6());
    layers.put("sigmoid", sigmoid());
    layers.put("silu", silu());
    layers.put("softmax", softmax());
    layers.put("softmax of a vector", sequential(flatten(), dense(5), softmax()));
    layers.put("softplus", softplus());
    layers.put("softplus with a threshold", softplus(2, 1));
    layers.put("tanh", tanh());
    return layers;
  }

  static Stream<Arguments> cases() {
    return layers().entrySet().stream()
        .flatMap(
            layer ->
                Stream.of(11, 13, 17, 18, 21, 23)
                    .map(opset -> Arguments.of(layer.getKey(), opset, layer.getValue())));
  }

  @ParameterizedTest(name = "{0}, opset {1}")
  @MethodSource("cases")
  void onnxRuntimeComputesTheSame(String name, int opset, Layer layer) {
    var model = model(Network.of(IMAGE, layer));
    check(model, OnnxExport.standard().opset(opset));
  }

  private static Model model(Network network) {
    return new Model(
        network,
        GeneratedWeights.of(network.graph(), 1),
        Task.VALUES,
        List.of(),
        Preprocessing.none(network.input()));
  }

  private static void check(Model model, OnnxExport export) {
    var shape = model.network().input();
    var images = GeneratedWeights.images(shape, 2);
    var planes = new float[2 * shape.elements()];
    for (int n = 0; n < 2; n++) {
      Planes.toPlanes(shape, images.get(n).data(), planes, n * shape.elements());
    }
    try (var runtime = new Runtime(export.message(model))) {
      var found = runtime.run("input", planes, 2, shape.channels(), shape.height(), shape.width());
      for (int n = 0; n < 2; n++) {
        for (var output : model.outputs(images.get(n)).entrySet()) {
          int elements = output.getValue().shape().elements();
          var expected = new float[elements];
          Planes.toPlanes(output.getValue().shape(), output.getValue().data(), expected, 0);
          float largest = 0;
          for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
          }
          float[] all = found.get(output.getKey());
          assertEquals(2 * elements, all.length, output.getKey());
          for (int i = 0; i < elements; i++) {
            assertEquals(
                expected[i], all[n * elements + i], TOLERANCE * largest, "value %d".formatted(i));
          }
        }
      }
    }
  }

  @Test
  void theFileNormalisesItself() {
    var network = Network.of(Shape.image(4, 5, 3), conv(2, 3));
    var normalization =
        new Normalization(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.3, 0.25)).toBlueFirst();
    var model =
        model(network)
            .withPreprocessing(
                new Preprocessing(
                    new Fit.Stretch(Resampling.BILINEAR), network.input(), normalization));
    var bytes = new byte[60];
    var colours = new float[60];
    for (int i = 0; i < 60; i++) {
      bytes[i] = (byte) (i * 4);
      colours[i] = (i * 4 & 0xff) / 255f;
    }
    float[] normalised = colours.clone();
    normalization.apply(normalised, 0, 60);
    var shape = network.input();
    var output = model.logits(new stride.tensor.Tensor(shape, normalised));
    var expected = new float[output.data().length];
    Planes.toPlanes(output.shape(), output.data(), expected, 0);
    var planes = new float[60];
    Planes.toPlanes(shape, colours, planes, 0);
    try (var runtime =
        new Runtime(OnnxExport.standard().pictures(PictureInput.COLOURS).message(model))) {
      assertArrayEquals(expected, runtime.run("input", planes, 1, 3, 4, 5).get("output"), 1e-5f);
    }
    try (var runtime =
        new Runtime(OnnxExport.standard().pictures(PictureInput.BYTES).message(model))) {
      assertArrayEquals(expected, runtime.run("input", bytes, 1, 4, 5, 3).get("output"), 1e-5f);
    }
  }

  @Test
  void theFileSaysWhatItHolds(@TempDir Path folder) throws Exception {
    var network =
        Network.of(IMAGE, sequential(named("conv1", conv(2, 3)), globalAvgPool(), flatten()));
    var model = model(network).withTask(Task.SINGLE_LABEL).withLabels(List.of("ant", "bee"));
    var file = folder.resolve("model.onnx");
    OnnxExport.standard().opset(13).batch(4).write(model, file);
    var read = OnnxFile.read(file);
    assertEquals(13, read.opsets().getFirst().version());
    var input = read.graph().inputs().getFirst();
    assertEquals("input", input.name());
    assertEquals(
        List.of(4L, 6L, 9L, 11L),
        input.type().shape().stream().map(dimension -> dimension.value()).toList());
    var names = new ArrayList<>(read.graph().initializers().stream().map(t -> t.name()).toList());
    assertEquals(List.of("conv1.weight", "conv1.bias"), names);
    assertEquals(
        "[\"ant\",\"bee\"]",
        read.metadata().stream()
            .filter(entry -> entry.key().equals("stride.labels"))
            .findFirst()
            .orElseThrow()
            .value());
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> OnnxExport.standard().opset(10));
    assertThrows(IllegalArgumentException.class, () -> OnnxExport.standard().opset(24));
    assertThrows(IllegalArgumentException.class, () -> OnnxExport.standard().batch(0));
  }
}
