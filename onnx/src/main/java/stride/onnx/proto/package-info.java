/**
 * ONNX files as they lie on disk: protocol buffers in the wire format, read and written.
 *
 * <p>{@link stride.onnx.proto.OnnxFile} maps a file and reads it into records named as the messages
 * of {@code onnx.proto3}; nothing in a file is trusted. Tensors' bytes are views of the mapping.
 */
@NullMarked
package stride.onnx.proto;

import org.jspecify.annotations.NullMarked;
