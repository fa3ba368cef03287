/** The MNIST handwritten digits, as the four gzipped IDX files of the original set. */
module stride.mnist {
  exports stride.mnist;
}
