package stride.zoo;

import static stride.layer.Layers.aside;
import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import stride.graph.Initializer;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Inception v3 (Szegedy, Vanhoucke, Ioffe, Shlens, Wojna 2016, "Rethinking the Inception
 * Architecture for Computer Vision", table 1), with torchvision's names and initial weights: 5x5
 * filters become two of 3x3, 7x7 filters a row and a column. Batch norm with eps 1e-3 follows every
 * convolution.
 *
 * <p>The output "aux" is the logits of the auxiliary head, which brings gradients to the middle of
 * the network in training.
 */
public final class InceptionV3 {
  /** torchvision's truncated normal, cut off at 20 standard deviations. */
  private static final Initializer NORMAL = Initial.normal(0.1);

  /**
   * The least pixels per side for the auxiliary head, whose 5x5 filters need the 17x17 pixels that
   * are left of them.
   */
  private static final int SMALLEST_WITH_HEAD = 299;

  private InceptionV3() {}

  /**
   * Inception v3 with its auxiliary head: 27,161,264 parameters for images of 299x299x3 and 1,000
   * classes. For images of fewer than 299 pixels a side it has none: they are too small for it.
   */
  public static Network inceptionV3(Shape input, int classes) {
    return inceptionV3(
        input, classes, Math.min(input.height(), input.width()) >= SMALLEST_WITH_HEAD);
  }

  /**
   * Inception v3 as it is used after training: 23,834,568 parameters. Images have at least 75
   * pixels a side.
   */
  public static Network withoutHead(Shape input, int classes) {
    return inceptionV3(input, classes, false);
  }

  private static Network inceptionV3(Shape input, int classes, boolean head) {
    return Network.of(
        input,
        sequential(
            unit("Conv2d_1a_3x3", conv(32, 3).stride(2)),
            unit("Conv2d_2a_3x3", conv(32, 3)),
            unit("Conv2d_2b_3x3", conv(64, 3).padding(1)),
            maxPool(3).stride(2),
            unit("Conv2d_3b_1x1", conv(80, 1)),
            unit("Conv2d_4a_3x3", conv(192, 3)),
            maxPool(3).stride(2),
            named("Mixed_5b", inceptionA(32)),
            named("Mixed_5c", inceptionA(64)),
            named("Mixed_5d", inceptionA(64)),
            named("Mixed_6a", reductionB()),
            named("Mixed_6b", inceptionC(128)),
            named("Mixed_6c", inceptionC(160)),
            named("Mixed_6d", inceptionC(160)),
            named("Mixed_6e", inceptionC(192)),
            head ? aside("aux", named("AuxLogits", head(classes))) : identity(),
            named("Mixed_7a", reductionD()),
            named("Mixed_7b", inceptionE()),
            named("Mixed_7c", inceptionE()),
            globalAvgPool(),
            dropout(0.5),
            flatten(),
            named("fc", dense(classes).initializer(NORMAL))));
  }

  /** Figure 5: 5x5 filters beside two of 3x3. */
  private static Layer inceptionA(int pooled) {
    return branches(
        unit("branch1x1", conv(64, 1)),
        sequential(
            unit("branch5x5_1", conv(48, 1)), //
            unit("branch5x5_2", conv(64, 5).padding(2))),
        sequential(
            unit("branch3x3dbl_1", conv(64, 1)),
            unit("branch3x3dbl_2", conv(96, 3).padding(1)),
            unit("branch3x3dbl_3", conv(96, 3).padding(1))),
        sequential(avgPool(3).stride(1).padding(1), unit("branch_pool", conv(pooled, 1))));
  }

  /** Figure 10: halves the image. */
  private static Layer reductionB() {
    return branches(
        unit("branch3x3", conv(384, 3).stride(2)),
        sequential(
            unit("branch3x3dbl_1", conv(64, 1)),
            unit("branch3x3dbl_2", conv(96, 3).padding(1)),
            unit("branch3x3dbl_3", conv(96, 3).stride(2))),
        maxPool(3).stride(2));
  }

  /** Figure 6: 7x7 filters as rows and columns. */
  private static Layer inceptionC(int width) {
    return branches(
        unit("branch1x1", conv(192, 1)),
        sequential(
            unit("branch7x7_1", conv(width, 1)),
            unit("branch7x7_2", row(width, 7)),
            unit("branch7x7_3", column(192, 7))),
        sequential(
            unit("branch7x7dbl_1", conv(width, 1)),
            unit("branch7x7dbl_2", column(width, 7)),
            unit("branch7x7dbl_3", row(width, 7)),
            unit("branch7x7dbl_4", column(width, 7)),
            unit("branch7x7dbl_5", row(192, 7))),
        sequential(avgPool(3).stride(1).padding(1), unit("branch_pool", conv(192, 1))));
  }

  /** Halves the image once more. */
  private static Layer reductionD() {
    return branches(
        sequential(
            unit("branch3x3_1", conv(192, 1)), //
            unit("branch3x3_2", conv(320, 3).stride(2))),
        sequential(
            unit("branch7x7x3_1", conv(192, 1)),
            unit("branch7x7x3_2", row(192, 7)),
            unit("branch7x7x3_3", column(192, 7)),
            unit("branch7x7x3_4", conv(192, 3).stride(2))),
        maxPool(3).stride(2));
  }

  /** Figure 7: rows and columns side by side, for many channels of few pixels. */
  private static Layer inceptionE() {
    return branches(
        unit("branch1x1", conv(320, 1)),
        sequential(
            unit("branch3x3_1", conv(384, 1)),
            branches(unit("branch3x3_2a", row(384, 3)), unit("branch3x3_2b", column(384, 3)))),
        sequential(
            unit("branch3x3dbl_1", conv(448, 1)),
            unit("branch3x3dbl_2", conv(384, 3).padding(1)),
            branches(
                unit("branch3x3dbl_3a", row(384, 3)), unit("branch3x3dbl_3b", column(384, 3)))),
        sequential(avgPool(3).stride(1).padding(1), unit("branch_pool", conv(192, 1))));
  }

  private static Layer head(int classes) {
    return sequential(
        avgPool(5).stride(3),
        unit("conv0", conv(128, 1)),
        unit("conv1", conv(768, 5)),
        globalAvgPool(),
        flatten(),
        named("fc", dense(classes).initializer(Initial.normal(0.001))));
  }

  private static Conv row(int filters, int length) {
    return conv(filters, 1, length).padding(0, length / 2);
  }

  private static Conv column(int filters, int length) {
    return conv(filters, length, 1).padding(length / 2, 0);
  }

  private static Layer unit(String name, Conv conv) {
    return named(
        name,
        sequential(
            named("conv", conv.noBias().initializer(NORMAL)),
            named("bn", batchNorm(1e-3)),
            relu()));
  }
}
