package example;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.network.Classification.Guess;
import stride.network.Model;

/** POST /classify: the five most probable classes of a picture. */
@RestController
class ClassifyController {
  private static final int SHOWN = 5;

  /** A small file may say that it is a huge picture, which would take its memory when decoded. */
  private static final PictureOptions UPLOADS = PictureOptions.STANDARD.mostPixels(25_000_000);

  private final Model model;
  private final int largest;

  ClassifyController(Model model, @Value("${stride.largest-upload}") DataSize largest) {
    this.model = model;
    this.largest = Math.toIntExact(largest.toBytes());
  }

  /** A form's field "picture", as browsers upload it: curl -F picture=@photo.jpg. */
  @PostMapping(path = "/classify", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  List<Guess> upload(@RequestParam("picture") MultipartFile picture) throws IOException {
    return classify(picture.getBytes());
  }

  /** The picture's own bytes, of whatever type they are called: curl --data-binary @photo.jpg. */
  @PostMapping("/classify")
  List<Guess> bytes(InputStream body) throws IOException {
    byte[] picture = body.readNBytes(largest + 1);
    if (picture.length > largest) {
      throw new ResponseStatusException(
          HttpStatus.CONTENT_TOO_LARGE, "the picture has more than %,d bytes".formatted(largest));
    }
    return classify(picture);
  }

  /** Photographs are turned upright first, as their EXIF data say. */
  private List<Guess> classify(byte[] picture) throws IOException {
    return model.classify(model.preprocessing().prepare(picture, UPLOADS)).top(SHOWN);
  }

  /** Bytes that are no picture; the message says why. */
  @ExceptionHandler
  ProblemDetail notAPicture(FormatException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
  }
}
