/** Trainings that several processes or machines share, over TCP. */
module stride.distributed {
  requires transitive stride;
  requires static transitive org.jspecify;

  exports stride.distributed;
}
