package stride.data.boxes;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import stride.data.MarkedPicture;
import stride.data.Split;

/** The annotations of a data set in one of the formats. */
interface BoxSource {
  /** The parts that the data are divided into; none if they are not. */
  Set<Split> parts();

  /** How the data were understood, where that is not plain, each a sentence. */
  List<String> notes();

  /**
   * Reads a part of the data.
   *
   * @param part the part; empty for all
   * @param findings what cannot be used
   */
  Contents read(Optional<Split> part, Findings findings) throws IOException;

  /**
   * What was read.
   *
   * @param labels the names of the classes
   */
  record Contents(List<String> labels, List<MarkedPicture> pictures) {}
}
