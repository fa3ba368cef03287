package stride.zoo;

import stride.data.Augmentation;
import stride.data.augment.ColourJitter;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.RandomIouCrop;
import stride.data.augment.RandomShift;
import stride.data.augment.RandomZoomOut;
import stride.data.augment.ScaleJitter;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.optimizer.Sgd;

/** Recipes for families of networks, after their papers. */
final class Recipes {
  /** For small images of digits and clothes; the rate was found by experiment. */
  static final Recipe DIGITS =
      new Recipe(sgd(0.05, 0), Schedule.oneCycle(), new RandomShift(1), 10, 64);

  /** For Fashion-MNIST: 93 to 94 % of its test images in some minutes. */
  static final Recipe CLOTHES =
      new Recipe(sgd(0.1, 5e-4), Schedule.oneCycle(), new RandomShift(2), 12, 128);

  /**
   * "Deep Residual Learning", section 4.2: 64,000 steps, a tenth of the rate after 32,000 and after
   * 48,000; images are padded by 4 pixels, cropped and flipped.
   */
  static final Recipe CIFAR =
      new Recipe(
          sgd(0.1, 1e-4),
          Schedule.multiStep(0.1, 0.5, 0.75),
          Augmentation.chain(new RandomShift(4), new HorizontalFlip(0.5)),
          164,
          128);

  /** "Deep Residual Learning", section 3.4, which many papers follow. */
  static final Recipe RESIDUAL = imagenet(sgd(0.1, 1e-4), thirds(), 90, 256);

  /** "ImageNet Classification with Deep Convolutional Neural Networks", section 5. */
  static final Recipe ALEXNET =
      imagenet(sgd(0.01, 5e-4), Schedule.multiStep(0.1, 0.25, 0.5, 0.75), 90, 128);

  /** "Very Deep Convolutional Networks", section 3.1. Without batch norm, 0.1 does not converge. */
  static final Recipe VGG = imagenet(sgd(0.01, 5e-4), thirds(), 74, 256);

  /** "SqueezeNet", section 3.3, with a cosine for its straight line. */
  static final Recipe SQUEEZENET = imagenet(sgd(0.04, 2e-4), Schedule.cosine(), 68, 512);

  /** "ShuffleNet V2", section 4, with a cosine for its straight line. */
  static final Recipe SHUFFLENET = imagenet(sgd(0.5, 4e-5), Schedule.cosine(), 240, 1024);

  /** "MobileNetV2", section 6.1, with SGD and a cosine for RMSprop and its steps. */
  static final Recipe MOBILENET = imagenet(sgd(0.045, 4e-5), Schedule.cosine(), 300, 256);

  /** FastestDet's own: 300 epochs, a tenth of the rate after 100, 200 and 250 of them. */
  static final Recipe FASTESTDET =
      new Recipe(
          sgd(0.001, 5e-4).momentum(0.949),
          Schedule.multiStep(0.1, 1 / 3.0, 2 / 3.0, 5 / 6.0),
          new HorizontalFlip(0.5),
          300,
          96);

  /** What torchvision's references vary for SSD: "SSD", section 3.6. */
  private static final Augmentation SSD_PICTURES =
      Augmentation.chain(
          new RandomZoomOut(0.5, 4),
          new RandomIouCrop(),
          new HorizontalFlip(0.5),
          new ColourJitter(0.125, 0.5, 0.5, 0.05));

  /** What torchvision's references vary for SSDLite. */
  private static final Augmentation SSDLITE_PICTURES =
      Augmentation.chain(new RandomIouCrop(), new HorizontalFlip(0.5));

  /** torchvision's references: 120 epochs, a tenth of the rate after 80 and 110 of them. */
  static final Recipe SSD =
      new Recipe(
          sgd(0.002, 5e-4),
          Schedule.multiStep(0.1, 80 / 120.0, 110 / 120.0),
          SSD_PICTURES,
          120,
          32);

  /** torchvision's references: 660 epochs and a cosine. */
  static final Recipe SSDLITE =
      new Recipe(sgd(0.15, 4e-5), Schedule.cosine(), SSDLITE_PICTURES, 660, 192);

  /** torchvision's references: 26 epochs, a tenth of the rate after 16 and 22 of them. */
  static final Recipe RETINANET =
      new Recipe(
          sgd(0.01, 1e-4),
          Schedule.multiStep(0.1, 16 / 26.0, 22 / 26.0),
          new HorizontalFlip(0.5),
          26,
          16);

  /** torchvision's references: 26 epochs, a tenth of the rate after 16 and 22 of them. */
  static final Recipe FASTER_RCNN =
      new Recipe(
          sgd(0.02, 1e-4),
          Schedule.multiStep(0.1, 16 / 26.0, 22 / 26.0),
          new HorizontalFlip(0.5),
          26,
          16);

  /** FastestDet from its COCO weights on some hundred pictures. */
  static final Recipe FASTESTDET_TUNING =
      new Recipe(
          sgd(0.02, 5e-4),
          Schedule.oneCycle(),
          Augmentation.chain(
              new ScaleJitter(0.8, 1.25),
              new HorizontalFlip(0.5),
              new ColourJitter(0.1, 0.2, 0.2, 0.02)),
          20,
          16);

  /** SSD from weights on some hundred pictures: the references' rate for batches of 16. */
  static final Recipe SSD_TUNING =
      new Recipe(sgd(0.001, 5e-4), Schedule.oneCycle(), SSD_PICTURES, 40, 16);

  /** SSDLite from weights on some hundred pictures: the references' rate for batches of 16. */
  static final Recipe SSDLITE_TUNING =
      new Recipe(sgd(0.0125, 4e-5), Schedule.oneCycle(), SSDLITE_PICTURES, 40, 16);

  /**
   * RetinaNet and FCOS from weights: the references' rate for batches of 2, which is what one of
   * their eight processors sees, as the pictures are large.
   */
  static final Recipe RETINANET_TUNING =
      new Recipe(sgd(0.00125, 1e-4), Schedule.oneCycle(), new HorizontalFlip(0.5), 10, 2);

  /**
   * Faster R-CNN from weights: the references' rate for batches of 2, as the pictures are large.
   */
  static final Recipe FASTER_RCNN_TUNING =
      new Recipe(sgd(0.0025, 1e-4), Schedule.oneCycle(), new HorizontalFlip(0.5), 10, 2);

  /**
   * "Perceptual Losses for Real-Time Style Transfer", section 4.1: 40,000 steps, which are two
   * epochs of COCO's 83,000 photos. Of fewer photos more epochs are needed.
   */
  static final Recipe STYLE =
      new Recipe(Optimizer.adam(1e-3), Schedule.constant(), Augmentation.none(), 2, 4);

  private Recipes() {}

  private static Recipe imagenet(Optimizer optimizer, Schedule schedule, int epochs, int batch) {
    return new Recipe(optimizer, schedule, Augmentation.none(), epochs, batch);
  }

  private static Sgd sgd(double rate, double decay) {
    return Optimizer.sgd(rate).momentum(0.9).weightDecay(decay);
  }

  private static Schedule thirds() {
    return Schedule.multiStep(0.1, 1 / 3.0, 2 / 3.0);
  }
}
