package stride.detection;

import java.util.List;

/**
 * How good detections are by COCO's measure, as pycocotools prints it. Each number is in [0, 1], or
 * NaN where there is no object to find (pycocotools has -1 there).
 *
 * @param ap the mean over the classes of the average precision, and over IoU thresholds of 0.50,
 *     0.55 ... 0.95
 * @param ap50 with a threshold of 0.50 alone
 * @param ap75 with a threshold of 0.75 alone
 * @param apSmall {@code ap} of objects of up to 32 x 32 pixels
 * @param apMedium {@code ap} of objects of 32 x 32 to 96 x 96 pixels
 * @param apLarge {@code ap} of objects from 96 x 96 pixels on
 * @param ar1 the mean over classes and thresholds of the share of objects that is found with one
 *     detection a picture and class
 * @param ar10 with ten detections
 * @param ar100 with a hundred detections
 * @param arSmall {@code ar100} of small objects
 * @param arMedium {@code ar100} of medium objects
 * @param arLarge {@code ar100} of large objects
 * @param classes each class, also those of which there is no object
 */
public record CocoScores(
    double ap,
    double ap50,
    double ap75,
    double apSmall,
    double apMedium,
    double apLarge,
    double ar1,
    double ar10,
    double ar100,
    double arSmall,
    double arMedium,
    double arLarge,
    List<OfClass> classes) {
  /** Copies the list. */
  public CocoScores {
    classes = List.copyOf(classes);
  }

  /**
   * One class.
   *
   * @param label the class
   * @param ap its average precision over all thresholds; NaN if there is none of its objects
   * @param ap50 that at a threshold of 0.50
   * @param boxes the number of its objects, without crowds and ignored ones
   */
  public record OfClass(int label, double ap, double ap50, int boxes) {}
}
