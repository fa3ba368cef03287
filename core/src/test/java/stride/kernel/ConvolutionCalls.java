package stride.kernel;

import static stride.kernel.Values.assertSameBits;

import org.jspecify.annotations.Nullable;

/** Calls of one convolution's kernels for some samples, on poisoned surroundings and scratch. */
record ConvolutionCalls(Convolution kernels, int samples) {
  float[] forward(float[] x, float[] w, float @Nullable [] biases) {
    var bias = biases == null ? null : Region.of(biases);
    var epilogue = bias == null ? Epilogue.NONE : Epilogue.bias(bias.array(), bias.offset());
    return run(kernels.forward(), x, w, epilogue, outputs());
  }

  float[] inputGradient(float[] dy, float[] w) {
    return run(kernels.inputGradient(), dy, w, Epilogue.NONE, inputs());
  }

  /** All samples and parts in one call. */
  float[] run(ConvolutionPass pass, float[] from, float[] weights, Epilogue epilogue, int length) {
    return written(pass, from, weights, epilogue, length).values("output");
  }

  /** The same, of which some values may be left unwritten. */
  Region written(
      ConvolutionPass pass, float[] from, float[] weights, Epilogue epilogue, int length) {
    var y = Region.unwritten(length);
    var x = Region.of(from);
    pass.runAll(
        x.array(),
        x.offset(),
        pack(pass, weights),
        0,
        epilogue,
        y.array(),
        y.offset(),
        0,
        samples,
        Region.poison(pass.scratchLength()));
    assertSameBits("a pass' input", from, x.values("input"));
    return y;
  }

  /** One part, for some samples. */
  Region part(
      ConvolutionPass pass, float[] from, float[] packed, int length, int first, int n, int part) {
    var y = Region.unwritten(length);
    var x = Region.of(from);
    pass.run(
        x.array(),
        x.offset(),
        packed,
        0,
        Epilogue.NONE,
        y.array(),
        y.offset(),
        first,
        n,
        part,
        Region.poison(pass.scratchLength()));
    return y;
  }

  static float[] pack(ConvolutionPass pass, float[] weights) {
    var w = Region.of(weights);
    var packed = Region.unwritten(pass.packedLength());
    pass.pack(w.array(), w.offset(), packed.array(), packed.offset());
    assertSameBits("pack's weights", weights, w.values("pack"));
    return packed.values("pack");
  }

  float[] weightGradient(float[] input, float[] outputGradient, float[] before) {
    var pass = kernels.weightGradient();
    var x = Region.of(input);
    var dy = Region.of(outputGradient);
    var dw = Region.of(before);
    pass.addAll(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        0,
        samples,
        dw.array(),
        dw.offset(),
        Region.poison(pass.scratchLength()));
    assertSameBits("the weight gradient's input", input, x.values("weight gradient"));
    assertSameBits("the output gradient", outputGradient, dy.values("weight gradient"));
    return dw.values("weight gradient");
  }

  int inputs() {
    return samples * kernels.geometry().inPixels() * kernels.geometry().inChannels();
  }

  int outputs() {
    return samples * kernels.geometry().outPixels() * kernels.geometry().outChannels();
  }
}
