/**
 * Models as ONNX files.
 *
 * <p>{@link stride.onnx.export.OnnxExport} says how a model is written and writes it; {@link
 * stride.onnx.export.OperationNodes} knows what each operation becomes.
 */
@NullMarked
package stride.onnx.export;

import org.jspecify.annotations.NullMarked;
