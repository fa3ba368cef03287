package stride.app.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of classes as people have them. */
class LabelFileTest {
  @TempDir Path temp;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(temp.resolve(name), text);
  }

  private LabelFile read(String text) throws IOException {
    return LabelFile.read(file("labels.txt", text));
  }

  private void refuses(String name, String text, String message) throws IOException {
    var file = file(name, text);
    var e = assertThrows(IOException.class, () -> LabelFile.read(file));
    assertEquals(message.replace("FILE", file.toString()), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tench\ngoldfish\ngreat white shark",
        "tench\ngoldfish\ngreat white shark\n\n\n",
        "tench\r\ngoldfish\r\ngreat white shark\r\n",
        "tench\rgoldfish\rgreat white shark\r",
        "\uFEFFtench\n goldfish \n\tgreat white shark\n",
        "# ImageNet's, some\ntench\ngoldfish\n#\ngreat white shark\n",
        "[\"tench\", \"goldfish\", \"great white shark\"]",
        "['tench', 'goldfish', 'great white shark',]\n",
        "{\"0\": \"tench\", \"2\": \"great white shark\", \"1\": \"goldfish\"}",
        "{\"1\": \"tench\", \"2\": \"goldfish\", \"3\": \"great white shark\"}",
        "{\"great white shark\": 2, \"goldfish\": 1, \"tench\": 0}",
        "\uFEFF{0: 'tench',\r\n 1: 'goldfish',\r\n 2: \"great white shark\"}\r\n",
        "{\"0\": [\"n01440764\", \"tench\"], \"1\": [\"n01443537\", \"goldfish\"], \"2\":"
            + " [\"n01484850\", \"great white shark\"]}",
        "{\"model_type\": \"resnet\", \"id2label\": {\"0\": \"tench\", \"1\": \"goldfish\", \"2\":"
            + " \"great white shark\"}, \"label2id\": {\"x\": 0}}"
      })
  void formsOfOneList(String text) throws IOException {
    assertEquals(
        new LabelFile(List.of("tench", "goldfish", "great white shark"), Optional.empty()),
        read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 tench\n1 goldfish\n2 great white shark\n",
        "1 tench\n2 goldfish\n3 great white shark\n",
        "000 tench\n001 goldfish\n002 great white shark\n",
        "2: great white shark\n0: tench\n1: goldfish\n",
        "0,tench\n1,goldfish\n2,great white shark\n",
        "id,name\n0,tench\n1,goldfish\n2,great white shark\n",
        "index\tname\r\n0\ttench\r\n1\tgoldfish\r\n2\tgreat white shark\r\n",
        "0;tench\n1;goldfish\n2;great white shark",
        "0) tench\n1) goldfish\n2) great white shark",
        "0. tench\n1. goldfish\n2. great white shark",
        "0 | tench\n1 | goldfish\n2 | great white shark",
        "# id name\n0 tench\n1 goldfish\n2 great white shark"
      })
  void numbersInFrontArePlaces(String text) throws IOException {
    var read = read(text);
    assertEquals(List.of("tench", "goldfish", "great white shark"), read.labels());
    assertTrue(read.note().orElseThrow().endsWith("in front of the names are their places"));
  }

  /** What looks like numbers in front, or remarks, and is the name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\n1\n2",
        "10 cm\n20 cm\n30 cm",
        "1 star\n2 stars\n3 stars\n4 stars\n5 stars",
        "0 tench\n1 goldfish\n3 shark",
        "0 tench\n0 goldfish",
        "background\n1 tench\n2 goldfish",
        "3.5 mm\n4.5 mm",
        "2CV\n3CV",
        "#1\n#2",
        "C#\nF#",
        "n01440764 tench\nn01443537 goldfish",
        "tench, Tinca tinca\ngoldfish",
        "[unknown]\ntench",
        "7 tench"
      })
  void otherLinesAreNamesAsTheyStand(String text) throws IOException {
    assertEquals(new LabelFile(text.lines().toList(), Optional.empty()), read(text));
  }

  @Test
  void lettersAreComposed() throws IOException {
    assertEquals(List.of("Caf\u00e9"), read("Cafe\u0301").labels());
    assertEquals(List.of("Caf\u00e9"), read("[\"Cafe\u0301\"]").labels());
    assertEquals(List.of("Caf\u00e9"), read("{\"Cafe\u0301\": 0}").labels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
  void textIsDecodedByItsMark(String charset) throws IOException {
    var file = temp.resolve("labels.txt");
    Files.write(file, "\uFEFFäh\r\nöh\r\n".getBytes(Charset.forName(charset)));
    assertEquals(List.of("äh", "öh"), LabelFile.read(file).labels());
  }

  /** Two names that a guess at the letters would make one. */
  @Test
  void otherTextIsRefused() throws IOException {
    var file = temp.resolve("labels.txt");
    Files.write(file, "jay\ncaf\u00e9\ncaf\u00e8\n".getBytes(StandardCharsets.ISO_8859_1));
    var e = assertThrows(IOException.class, () -> LabelFile.read(file));
    assertEquals(
        file + ": line 2 is not UTF-8, found the byte 0xE9 after \"caf\"; save the file as UTF-8",
        e.getMessage());
  }

  @Test
  void whatIsNoListIsRefused() throws IOException {
    refuses("a.txt", "", "cannot use FILE: it is empty, expected the name of a class on each line");
    refuses(
        "a.txt",
        "# none\n",
        "cannot use FILE: it is empty, expected the name of a class on each line");
    refuses(
        "a.txt",
        "a\r\n \r\nc",
        "cannot use FILE: line 2 is empty, expected the name of a class on each line");
    refuses("a.json", "[\"a\", ", "FILE: is not valid JSON");
    refuses("a.json", "[a b]", "FILE: is not valid JSON");
    refuses("a.txt", "{\"a\": 0,", "FILE: is not valid JSON");
    for (var json :
        List.of(
            "[]",
            "{}",
            "[1, 2]",
            "[\"a\", \" \"]",
            "[\"a\", null]",
            "{\"a\": \"b\"}",
            "{\"a\": 0, \"b\": 2}",
            "{\"a\": 0, \"b\": 0}",
            "{\"2\": \"a\", \"3\": \"b\"}",
            "{\"0\": {}}",
            "{\"0\": []}",
            "{\"-1\": \"a\", \"0\": \"b\"}",
            "{\"a\": 0, \"x\": []}")) {
      refuses(
          "a.json",
          json,
          "FILE: expected a list of names, or the numbers 0, 1, 2 and so on each with a name");
    }
  }
}
