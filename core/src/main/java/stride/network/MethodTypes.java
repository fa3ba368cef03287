package stride.network;

import java.util.Map;

/**
 * Methods that model files may name, by their names there. A service ({@link
 * java.util.ServiceLoader}): a library that brings a {@link ModelMethod} of its own provides it,
 * and files with that method are read wherever the library is. Without it, the class is named where
 * the file is read: {@code OperationTypes.standard().withMethod("own", Own.class)}.
 */
public interface MethodTypes {
  /** The methods' classes, which are records, by their names in files. */
  Map<String, Class<? extends ModelMethod>> methods();
}
