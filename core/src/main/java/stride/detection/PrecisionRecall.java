package stride.detection;

/**
 * Precision against recall of a class, at an IoU of 0.50: what becomes of both if one takes one
 * more detection after the other, the surest first.
 *
 * @param recall the share of the objects that are found
 * @param precision the share of the detections that are right
 * @param scores the score of the last detection taken
 */
@SuppressWarnings("ArrayRecordComponent")
public record PrecisionRecall(float[] recall, float[] precision, float[] scores) {}
