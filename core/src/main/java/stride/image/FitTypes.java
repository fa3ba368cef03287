package stride.image;

import java.util.Map;

/**
 * Fits that model files may name, by their names there. A service ({@link
 * java.util.ServiceLoader}): a library that brings a {@link Fit} of its own provides it, and files
 * with that fit are read wherever the library is. Without it, the class is named where the file is
 * read: {@code OperationTypes.standard().withFit("upper-left", UpperLeft.class)}.
 */
public interface FitTypes {
  /** The fits' classes, which are records, by their names in files. */
  Map<String, Class<? extends Fit>> fits();
}
