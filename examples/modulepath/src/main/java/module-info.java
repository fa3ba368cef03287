/** A program of modules that uses Stride. */
module example {
  requires stride;
  requires stride.zoo;
  // Stride runs on its vector kernels if a module of the program requires this, or the JVM is
  // started with --add-modules jdk.incubator.vector; else on its scalar ones.
  requires jdk.incubator.vector;
}
