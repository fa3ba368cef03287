/**
 * The worked examples of the lecture on convolutional networks, computed by the library.
 *
 * <p>{@link stride.app.lecture.Lecture} lists them; each is a method of a few lines that reads as a
 * tutorial. A {@link stride.app.lecture.LecturePage} takes what an example shows and finds.
 */
@NullMarked
package stride.app.lecture;

import org.jspecify.annotations.NullMarked;
