/** ONNX files in and out. */
module stride.onnx {
  requires transitive stride;
  requires static transitive org.jspecify;

  exports stride.onnx;
  exports stride.onnx.proto;
  exports stride.onnx.tensor;
  exports stride.onnx.graph;
  exports stride.onnx.evaluate;
  exports stride.onnx.engine;
  exports stride.onnx.export;
}
