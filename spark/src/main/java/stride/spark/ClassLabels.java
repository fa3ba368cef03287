package stride.spark;

import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/**
 * The classes of a column: names, or whole numbers from 0, of which a {@code StringIndexer} may
 * have left the names.
 *
 * @param column its name
 * @param names of the classes, in order
 * @param numbered whether the column holds numbers
 */
record ClassLabels(String column, List<String> names, boolean numbered) {
  /** More classes than any data set of pictures has. */
  private static final int MOST = 1_000_000;

  /**
   * Checks that a column can hold classes.
   *
   * @throws IllegalArgumentException if it is neither of numbers nor of text
   */
  static void check(String column, DataType type) {
    if (!(type instanceof NumericType) && !type.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "the column %s holds %s: classes are whole numbers from 0, or names"
              .formatted(column, type.simpleString()));
    }
  }

  /**
   * Finds the classes of rows.
   *
   * @param field the column
   * @param rows all rows
   * @throws IllegalArgumentException if a value is no class, or there is a single class
   */
  static ClassLabels of(StructField field, List<PictureRows.Entry> rows) {
    String column = field.name();
    if (field.dataType().equals(DataTypes.StringType)) {
      var names = new TreeSet<String>();
      rows.forEach(row -> names.add(given(column, row)));
      return several(new ClassLabels(column, List.copyOf(names), false));
    }
    int classes = 0;
    for (var row : rows) {
      classes = Math.max(classes, number(column, given(column, row)) + 1);
    }
    if (Attribute.fromStructField(field) instanceof NominalAttribute nominal
        && nominal.values().isDefined()
        && nominal.values().get().length >= classes) {
      return several(new ClassLabels(column, List.of(nominal.values().get()), true));
    }
    requireNoHoles(column, rows, classes);
    return several(
        new ClassLabels(
            column, IntStream.range(0, classes).mapToObj(String::valueOf).toList(), true));
  }

  /** Numbers with holes are keys of something else: the network would have classes of nothing. */
  private static void requireNoHoles(String column, List<PictureRows.Entry> rows, int classes) {
    var seen = new BitSet(classes);
    rows.forEach(row -> seen.set(number(column, given(column, row))));
    int hole = seen.nextClearBit(0);
    if (hole < classes) {
      throw new IllegalArgumentException(
          "the column %s holds classes up to %d, and no row of class %d: classes are numbered from 0 without holes (StringIndexer numbers what is there, and keeps the names)"
              .formatted(column, classes - 1, hole));
    }
  }

  private static ClassLabels several(ClassLabels labels) {
    if (labels.names.size() < 2) {
      throw new IllegalArgumentException(
          "the column %s holds one class, %s: a network learns what tells two or more apart"
              .formatted(labels.column, labels.names.getFirst()));
    }
    return labels;
  }

  private static String given(String column, PictureRows.Entry row) {
    if (row.label() == null) {
      throw new IllegalArgumentException(
          "the column %s is null in a row%s: every picture that is learned from has a class"
              .formatted(column, row.path() == null ? "" : ", that of " + row.path()));
    }
    return row.label().toString();
  }

  private static int number(String column, String value) {
    double number = Double.parseDouble(value);
    if (!(number >= 0 && number < MOST && number == Math.rint(number))) {
      throw new IllegalArgumentException(
          "the column %s holds %s, which is no class: classes are whole numbers from 0, or names (StringIndexer makes numbers of anything)"
              .formatted(column, value));
    }
    return (int) number;
  }

  /** The class of a row. */
  int label(PictureRows.Entry row) {
    String value = given(column, row);
    return numbered ? number(column, value) : Collections.binarySearch(names, value);
  }
}
