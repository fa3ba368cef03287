/** Stride: convolutional networks for the JVM. */
module stride {
  requires static jdk.incubator.vector;
  requires transitive java.desktop;
  requires tools.jackson.jr.ob;
  requires static transitive org.jspecify;

  uses stride.image.PictureDecoder;

  exports stride.tensor;
  exports stride.graph;
  exports stride.compute;
  exports stride.kernel;
  exports stride.layer;
  exports stride.network;
  exports stride.engine;
  exports stride.train;
  exports stride.data;
  exports stride.image;
  exports stride.format;
}
