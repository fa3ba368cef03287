/** Stride: convolutional networks for the JVM. */
module stride {
  requires static jdk.incubator.vector;
  // For signatures with pictures of AWT: programs that use none run without the module.
  requires static transitive java.desktop;
  requires java.xml;
  requires tools.jackson.jr.ob;
  requires static transitive org.jspecify;

  uses stride.image.PictureDecoder;
  uses stride.image.FitTypes;
  uses stride.network.MethodTypes;

  provides stride.image.FitTypes with
      stride.data.digits.DigitFits;
  provides stride.network.MethodTypes with
      stride.detection.DetectionMethods;

  exports stride.tensor;
  exports stride.graph;
  exports stride.compute;
  exports stride.kernel;
  exports stride.layer;
  exports stride.layer.convolution;
  exports stride.layer.activation;
  exports stride.layer.normalization;
  exports stride.layer.pooling;
  exports stride.layer.regularization;
  exports stride.layer.spatial;
  exports stride.layer.support;
  exports stride.network;
  exports stride.check;
  exports stride.engine;
  exports stride.box;
  exports stride.train;
  exports stride.train.optimizer;
  exports stride.train.schedule;
  exports stride.train.log;
  exports stride.detection;
  exports stride.style;
  exports stride.data;
  exports stride.data.digits;
  exports stride.data.augment;
  exports stride.data.boxes;
  exports stride.data.idx;
  exports stride.image;
  exports stride.format;
}
