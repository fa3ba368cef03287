import module stride;
import module stride.zoo;
import java.awt.geom.Rectangle2D.Float;
import java.awt.image.BufferedImage;
import javax.imageio.ImageIO;
import stride.data.*;

/** What is in a picture, printed and drawn. Arguments: a detector's model file and a picture file; without them both are made. */
void main(String... files) throws Exception {
  var picture = files.length == 2 ? Pictures.read(Path.of(files[1])) : scene(7);
  var detector = Detector.of(files.length == 2 ? Model.load(Path.of(files[0])) : learned()).minScore(0.4);
  var found = detector.detect(picture);
  found.forEach(box -> IO.println("%s: %s".formatted(detector.name(box), box)));
  found.forEach(box -> picture.createGraphics().draw(new Float(box.left(), box.top(), box.right() - box.left(), box.bottom() - box.top())));
  if (found.isEmpty() || !ImageIO.write(picture, "png", Files.createTempFile("found", ".png").toFile())) throw new AssertionError("nothing is found");
}
Model learned() {
  var fresh = Zoo.find("fastestdet").detecting(Model.initialized(Zoo.find("fastestdet").networkFor(Shape.image(64, 64, 3), List.of("square")), 1), List.of("square"));
  return Trainer.from(fresh).optimizer(Optimizer.adam(0.003)).batch(16).epochs(10).fit(Examples.of(320, i -> Example.of(
      fresh.preprocessing().normalize(Picture.of(scene(i)).toImage()), Target.boxes(List.of(new Box(0, i * 7 % 40, i * 5 % 36, i * 7 % 40 + 12 + i % 12, i * 5 % 36 + 12 + i % 12))))));
}
BufferedImage scene(int i) {
  var scene = new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR);
  scene.createGraphics().fillRect(i * 7 % 40, i * 5 % 36, 12 + i % 12, 12 + i % 12);
  return scene;
}
