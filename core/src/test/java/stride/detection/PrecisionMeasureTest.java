package stride.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.Box;
import stride.data.BoxPictures;
import stride.data.MarkedPicture;
import stride.data.TrueBox;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.network.Model;
import stride.train.Evaluation;

/** The average precision that a training sees. */
final class PrecisionMeasureTest {
  private static final int PICTURES = 6;

  @TempDir Path folder;

  /** Crowds, ignored objects and boxes that reach beyond their picture are in the data. */
  @Test
  void aTrainingMeasuresAsADetectorIsMeasured() throws Exception {
    var model = SmallDetector.fcos(1);
    var pictures = pictures(model, true);
    var scores = scores(model, pictures);
    var seen = Evaluation.of(model, pictures.images(model.preprocessing()));
    assertTrue(scores.ap() > 0.01 && scores.ap() < 0.9, scores.toString());
    assertEquals(scores.ap(), seen.metric("ap"), 1e-6);
    assertEquals(scores.ap50(), seen.metric("ap50"), 1e-6);
    assertEquals(scores.ap75(), seen.metric("ap75"), 1e-6);
    double unflagged = scores(model, pictures(model, false)).ap();
    assertTrue(Math.abs(scores.ap() - unflagged) > 0.01, "the flags make no difference");
  }

  private BoxPictures pictures(Model model, boolean flagged) throws Exception {
    var marked = new ArrayList<MarkedPicture>();
    for (int i = 0; i < PICTURES; i++) {
      var file = SmallDetector.picture(folder.resolve(i + ".png"), i, 64, 96);
      var found = Detector.of(model).detect(file);
      var objects = new ArrayList<TrueBox>();
      for (int k = 0; k < found.size(); k += 3) {
        var one = found.get(k);
        // One of a picture begins 6 pixels left of the picture.
        float left = k == 6 ? -6 : one.left();
        var box = new Box(one.label(), left, one.top() + k % 5, one.right(), one.bottom() + k % 5);
        boolean crowd = flagged && k % 4 == 1;
        objects.add(new TrueBox(box, box.area(), crowd, flagged && !crowd && k % 2 == 0));
      }
      marked.add(new MarkedPicture(file, 64, 96, false, objects));
    }
    return new BoxPictures(
        folder, SmallDetector.LABELS, marked, List.of(), PictureOptions.STANDARD);
  }

  private static CocoScores scores(Model model, BoxPictures pictures) throws Exception {
    var measure = new CocoMeasure(SmallDetector.LABELS.size());
    for (int i = 0; i < pictures.size(); i++) {
      measure.add(
          Detector.of(model).detect(Pictures.decode(pictures.marked(i).file())),
          pictures.get(i).objects());
    }
    return measure.scores();
  }
}
