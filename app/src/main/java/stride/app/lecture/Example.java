package stride.app.lecture;

import java.util.function.Consumer;

/**
 * A worked example of the lecture.
 *
 * @param name as users write it: "vertical-edges"
 * @param title the slide it is on
 * @param shows what it shows, in one sentence
 * @param body computes it on the library, and shows it on a page
 */
public record Example(String name, String title, String shows, Consumer<LecturePage> body) {

  /** Runs this example on a page of its own. */
  public LecturePage run(Setting setting) {
    var page = new LecturePage(setting);
    body.accept(page);
    return page;
  }
}
