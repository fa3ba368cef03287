package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.kernel.Kernels;
import stride.tensor.Shape;
import stride.tensor.Tensor;

class GramMatrixTest {
  static Stream<Shape> shapes() {
    return Stream.of(
        Shape.image(1, 1, 1),
        Shape.image(1, 1, 5),
        Shape.image(57, 31, 3),
        Shape.image(13, 17, 7),
        Shape.image(40, 51, 33),
        Shape.image(9, 7, 64),
        Shape.image(3, 5, 513));
  }

  static Tensor random(Shape shape, long seed) {
    var random = new Random(seed);
    var values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 0.7f;
    }
    return new Tensor(shape, values);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aGramMatrixIsTheMeanProductOfEveryTwoFilters(Shape shape) {
    var maps = random(shape, shape.elements());
    int filters = shape.channels();
    int pixels = shape.elements() / filters;
    for (var kernels : new Kernels[] {Kernels.best(), Kernels.scalar()}) {
      try (var engine = Engine.with(2, kernels)) {
        var gram = GramMatrix.of(maps, engine);
        for (int a = 0; a < filters; a++) {
          for (int b = 0; b < filters; b++) {
            double sum = 0;
            for (int p = 0; p < pixels; p++) {
              sum += (double) maps.data()[p * filters + a] * maps.data()[p * filters + b];
            }
            assertEquals(sum / pixels, gram.values()[a * filters + b], 1e-5, a + ", " + b);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theBitsDoNotDependOnTheNumberOfThreads(Shape shape) {
    var maps = random(shape, 3);
    try (var one = Engine.withThreads(1);
        var three = Engine.withThreads(3)) {
      assertArrayEquals(GramMatrix.of(maps, one).values(), GramMatrix.of(maps, three).values());
    }
  }

  @Test
  void onlyThePixelsOfTheAreaCount() {
    var shape = Shape.image(11, 13, 6);
    var maps = random(shape, 4);
    var area = new MapArea(shape, 2, 5, 7, 6, shape, 2, 5);
    var inner = Tensor.zeros(Shape.image(7, 6, 6));
    for (int y = 0; y < 7; y++) {
      System.arraycopy(maps.data(), ((2 + y) * 13 + 5) * 6, inner.data(), y * 36, 36);
    }
    try (var engine = Engine.withThreads(2)) {
      var sums = new GramSums(engine, 6);
      sums.add(new Buffer(maps.data(), 0, maps.data().length), 0, area);
      assertArrayEquals(GramMatrix.of(inner, engine).values(), sums.mean().values(), 1e-6);
      assertEquals(42, sums.pixels());
    }
  }

  @Test
  void aMatrixOfAnotherSizeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new GramMatrix(3, new double[8]));
    var three = new GramMatrix(3, new double[9]);
    assertThrows(
        IllegalArgumentException.class, () -> three.mixed(1, new GramMatrix(2, new double[4]), 1));
  }
}
