import module stride;
import module stride.zoo;
import java.util.*;
import stride.data.*;
import stride.tensor.*;
/** What is in a picture, printed and drawn. Arguments: a detector's model file and a picture file; without them both are made. */
void main(String... files) throws Exception {
  var picture = files.length == 2 ? Pictures.read(Path.of(files[1])) : scene(7);
  var detector = Detector.of(files.length == 2 ? Model.load(Path.of(files[0])) : learned()).minScore(0.6);
  var found = detector.detect(picture);
  found.forEach(box -> IO.println(detector.name(box) + ": " + box));
  found.forEach(box -> picture.createGraphics().draw(new Rectangle2D.Float(box.left(), box.top(), box.right() - box.left(), box.bottom() - box.top())));
  if (found.isEmpty() || !ImageIO.write(picture, "png", Files.createTempFile("found", ".png").toFile())) throw new AssertionError("nothing is found");
}
Model learned() throws Exception {
  var design = Zoo.find("fastestdet");
  var fresh = design.detecting(Model.initialized(design.networkFor(Shape.image(64, 64, 3), List.of("square")), 1), List.of("square"));
  return Trainer.from(fresh).optimizer(Optimizer.adam(0.003)).schedule(Schedule.cosine()).batch(16).epochs(15).fit(Examples.of(320, i -> Example.of(
      fresh.preprocessing().normalize(Picture.of(scene(i)).toImage()), Target.boxes(List.of(new Box(0, i % 40, i * 7 % 36, i % 40 + 20, i * 7 % 36 + 20))))));
}
BufferedImage scene(int i) {
  var scene = new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR);
  scene.createGraphics().fillRect(i % 40, i * 7 % 36, 20, 20);
  return scene;
}
