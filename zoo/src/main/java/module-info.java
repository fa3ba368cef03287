/** Architectures, labels and pretrained weights. */
module stride.zoo {
  requires transitive stride;
}
