package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FileException;

/** Which folders of pictures are taken for parts of the data and for classes. */
class FolderLayoutTest {
  @TempDir Path temp;

  private FolderLayout layout(String... tree) throws IOException {
    new PictureTree(temp).with(tree);
    return FolderLayout.of(temp);
  }

  private static String[] classes(String... folders) {
    return Stream.of(folders)
        .flatMap(folder -> Stream.of(folder + "/ants/1.png", folder + "/bees/2.png"))
        .toArray(String[]::new);
  }

  private void isDivided(FolderLayout layout, String train, String validation, String test) {
    assertEquals(
        List.of(train, validation, test),
        Stream.of(layout.train(), layout.validation(), layout.test())
            .map(part -> part.map(new PictureTree(temp)::name).orElse(""))
            .toList(),
        layout::toString);
    assertTrue(layout.isDivided());
  }

  private void isWhole(FolderLayout layout, String... notes) throws IOException {
    assertEquals(
        new FolderLayout(
            temp,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Stream.of(notes).map(note -> note.replace("DIR", temp.toString())).toList()),
        layout);
    assertEquals(temp, layout.learnFrom());
    assertEquals(temp, layout.measureWith());
    assertEquals(Optional.empty(), layout.chooseBy());
  }

  private void refuses(String message, String... tree) {
    var e = assertThrows(FileException.class, () -> layout(tree));
    assertEquals(message.replace("DIR", temp.toString()), e.getMessage());
  }

  @Test
  void usualNamesNeedNoWord() throws IOException {
    var layout = layout(classes("train", "val", "test"));
    isDivided(layout, "train", "val", "test");
    assertEquals(List.of(), layout.notes());
    assertEquals(temp.resolve("train"), layout.learnFrom());
    assertEquals(Optional.of(temp.resolve("val")), layout.chooseBy(), "test is kept for the end");
    assertEquals(temp.resolve("test"), layout.measureWith());
  }

  @Test
  void onePartToMeasureWithIsEnough() throws IOException {
    var layout = layout(classes("train", "val"));
    isDivided(layout, "train", "val", "");
    assertEquals(temp.resolve("val"), layout.measureWith());
  }

  @ParameterizedTest
  @CsvSource({
    "Train, Test",
    "TRAIN, VAL",
    "training, validation",
    "Training, Testing",
    "train, valid",
    "train, dev",
    "training_set, test_set",
    "train-data, test-data",
    "trainset, testset",
    "train2017, val2017",
    "train_images, val_images",
    "seg_train, seg_test",
    "ILSVRC2012_img_train, ILSVRC2012_img_val",
    "my data train, my data test"
  })
  void otherNamesAreSaid(String train, String test) throws IOException {
    var layout = layout(classes(train, test));
    assertEquals(Optional.of(temp.resolve(train)), layout.train(), layout::toString);
    assertEquals(temp.resolve(test), layout.measureWith());
    assertEquals(Optional.of(temp.resolve(test)), layout.chooseBy());
    String split = test.toLowerCase(java.util.Locale.ROOT).contains("test") ? "test" : "val";
    assertEquals(
        List.of("the parts of %s: train is %s, %s is %s".formatted(temp, train, split, test)),
        layout.notes());
  }

  @Test
  void aPartAloneIsOne() throws IOException {
    var train = layout(classes("train"));
    isDivided(train, "train", "", "");
    assertEquals(temp.resolve("train"), train.learnFrom());
    var e = assertThrows(FileException.class, train::measureWith);
    assertEquals(
        "%s holds no test/ or val/ to measure with; to measure with what is learned from, give %s"
            .formatted(temp, temp.resolve("train")),
        e.getMessage());
  }

  @Test
  void whatIsOnlyToMeasureWithIsNotLearnedFrom() throws IOException {
    var layout = layout(classes("val"));
    isDivided(layout, "", "val", "");
    var e = assertThrows(FileException.class, layout::learnFrom);
    assertEquals(temp + " holds val/ to measure with, and no train/ to learn from", e.getMessage());
  }

  @Test
  void emptyPartsAreThere() throws IOException {
    isDivided(layout("train/", "val/", "notes.txt"), "train", "val", "");
    isDivided(layout("test/ants/1.png"), "train", "", "test");
  }

  /** Classes with the names of parts, each beside other classes. */
  @ParameterizedTest
  @ValueSource(strings = {"train", "test", "val", "Train", "Test", "validation", "dev", "training"})
  void aPartThatHoldsPicturesIsAClass(String name) throws IOException {
    isWhole(
        layout("car/1.png", "bus/1.png", name + "/1.png"), name + "/ in DIR is taken for a class");
    isWhole(layout("car/left/2.png", name + "/left/2.png"), name + "/ in DIR is taken for a class");
  }

  @Test
  void severalClassesMayHaveSuchNames() throws IOException {
    isWhole(
        layout("car/1.png", "train/1.png", "test/1.png"),
        "test/ and train/ in DIR are taken for classes");
    isWhole(
        layout("car/1.png", "train/1.png", "test/1.png", "dev/"),
        "test/ and train/ in DIR are taken for classes");
  }

  @Test
  void namesThatOnlyEndAsAPartAreClassesWithoutAWord() throws IOException {
    isWhole(layout("steam_train/1.png", "diesel_train/1.png", "blood test/1.png"));
  }

  /** Each class holds the same folders, and so do those that are called as parts. */
  @Test
  void foldersThatAreAllAlikeAreClasses() throws IOException {
    isWhole(
        layout("train/images/1.png", "val/images/1.png", "bus/images/1.png", "train/boxes.txt"),
        "train/ and val/ in DIR are taken for classes");
    isWhole(layout(classes("train", "val", "bus")), "train/ and val/ in DIR are taken for classes");
  }

  @Test
  void whatLiesBesideThePartsIsNotUsed() throws IOException {
    new PictureTree(temp).with(classes("Train", "val"));
    var layout = layout("samples/1.png", "docs/notes.txt", "loose.png", "extra/x/1.png");
    isDivided(layout, "Train", "val", "");
    assertEquals(
        List.of(
            "the parts of %s: train is Train, val is val".formatted(temp),
            "the pictures beside Train/ and val/ in %s are not used: extra, samples"
                .formatted(temp)),
        layout.notes());
  }

  @Test
  void whatMayBeAPartOrAClassIsAsked() throws IOException {
    refuses(
        "DIR: is train/ a part of the data, as it holds folders (ants, bees), or a class, as there"
            + " is car/ beside it? Move one of them away, or put the pictures of a class directly"
            + " into its folder",
        "train/ants/1.png",
        "train/bees/1.png",
        "car/1.png");
  }

  @Test
  void classesBesideTheirTestAreAsked() throws IOException {
    refuses(
        "DIR: is test/ a part of the data, as it holds folders (ants, bees), or a class, as there"
            + " is ants/ beside it? Move one of them away, or put the pictures of a class directly"
            + " into its folder",
        "test/ants/1.png",
        "test/bees/1.png",
        "ants/1.png",
        "bees/1.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels/1.txt", "test/", "train/notes.txt"})
  void partsWithoutClassesAreRefused(String beside) {
    refuses(
        "DIR: train/ and val/ hold pictures without classes, expected a folder for each class in"
            + " them, such as DIR/train/cats",
        "train/1.png",
        "val/1.png",
        beside);
  }

  /** As competitions give it: the answers for the test are not known. */
  @Test
  void aTestWithoutClassesIsNotUsed() throws IOException {
    new PictureTree(temp).with(classes("train"));
    var layout = layout("test/1.png", "test/2.png");
    isDivided(layout, "train", "", "");
    assertEquals(
        List.of(temp.resolve("test") + " holds pictures without classes, which are not used"),
        layout.notes());
    isDivided(layout(classes("val")), "train", "val", "");
  }

  @Test
  void picturesOfImageNetsNamesHaveClasses() throws IOException {
    isDivided(
        layout("train/n01440764/1.png", "val/n01440764_1.png", "val/x.png"), "train", "val", "");
  }

  @Test
  void twoPartsForTheSameAreRefused() {
    refuses(
        "DIR holds val/ and validation/, which both have the name of pictures to measure with: move"
            + " one of them away",
        classes("train", "val", "validation"));
  }

  @ParameterizedTest
  @CsvSource({"data", "images", "ants-bees", "a/b/c", "train.zip.d"})
  void partsMayLieDeeper(String folder) throws IOException {
    new PictureTree(temp).with("README.md", "labels/1.txt");
    var layout = layout(classes(folder + "/train", folder + "/val"));
    isDivided(layout, folder + "/train", folder + "/val", "");
    assertTrue(
        layout.notes().getLast().endsWith(" holds the pictures"), () -> layout.notes().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "training_set/training_set, test_set/test_set",
    "train/images, val/images",
    "Train/Train, Test/Test",
    "seg_train/seg_train, seg_test/seg_test"
  })
  void partsMayHaveFoldersInBetween(String train, String test) throws IOException {
    var layout = layout(classes(train, test));
    assertEquals(Optional.of(temp.resolve(train)), layout.train());
    assertEquals(temp.resolve(test), layout.measureWith());
    assertTrue(layout.notes().getFirst().contains("train is " + Path.of(train)), layout::toString);
    // As in the scenes of a competition: a third folder has pictures without classes.
    isDivided(
        layout("seg_pred/seg_pred/1.png"),
        train,
        test.contains("val") ? test : "",
        test.contains("val") ? "" : test);
  }

  /** The folders inside a class are not searched. */
  @Test
  void aSingleClassIsOne() throws IOException {
    isDivided(
        layout("train/ants/left/1.png", "train/ants/right/1.png", "val/ants/left/1.png"),
        "train",
        "val",
        "");
    assertEquals(List.of(), FolderLayout.of(temp).notes());
  }

  /** A folder more than was meant. */
  @Test
  void classesThatLieDeeperAreToBeGiven() throws IOException {
    isWhole(
        layout("insects/ants/1.png", "insects/bees/1.png"),
        Path.of("DIR", "insects")
            + " is taken for a class; if the folders in it are the classes, give that");
    isWhole(layout("more/1.png"));
  }

  @Test
  void aClassAloneNeedsNoWord() throws IOException {
    isWhole(layout("ants/left/1.png", "ants/2.png"));
  }

  @Test
  void hiddenFoldersAndFoldersWithoutPicturesSayNothing() throws IOException {
    isWhole(layout("ants/1.png", "bees/1.png", ".test/x/1.png", "__MACOSX/train/ants/1.png"));
    new PictureTree(temp).with("train/.ipynb_checkpoints/1.png", "test/notes.txt");
    isWhole(FolderLayout.of(temp));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights of their own there")
  void partsMayBeLinksAndLinksMayLoop() throws IOException {
    new PictureTree(temp).with(classes("far/a", "far/b"));
    new PictureTree(temp)
        .with("data/Train -> ../far/a", "data/val -> ../far/b", "far/a/ants/up -> ../..");
    var layout = FolderLayout.of(temp.resolve("data"));
    isDivided(layout, "data/Train", "data/val", "");
    new PictureTree(temp).with("loop/train -> .", "loop/val -> train");
    isDivided(FolderLayout.of(temp.resolve("loop")), "loop/train", "loop/val", "");
  }
}
