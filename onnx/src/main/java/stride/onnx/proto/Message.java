package stride.onnx.proto;

/** A message that can be written. */
sealed interface Message
    permits AttributeProto,
        FunctionProto,
        GraphProto,
        ModelProto,
        NodeProto,
        OperatorSetIdProto,
        StringStringEntryProto,
        TensorProto,
        TypeProto,
        TypeProto.Dimension,
        ValueInfoProto {
  /** Writes the message's fields. */
  void write(WireWriter out);
}
