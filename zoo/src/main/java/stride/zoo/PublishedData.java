package stride.zoo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Data sets that can be downloaded from their authors' pages. */
public enum PublishedData {
  /**
   * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747); 31 MB, four gzipped IDX files.
   */
  FASHION_MNIST(
      "fashion-mnist",
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
      List.of(
          new File(
              "train-images-idx3-ubyte.gz",
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
          new File(
              "train-labels-idx1-ubyte.gz",
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
          new File(
              "t10k-images-idx3-ubyte.gz",
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
          new File(
              "t10k-labels-idx1-ubyte.gz",
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
      List.of()),
  /**
   * CIFAR-10 (Krizhevsky 2009); 170 MB, the binary version, which takes 184 MB more when unpacked.
   */
  CIFAR10(
      "cifar10",
      "https://www.cs.toronto.edu/~kriz/",
      List.of(
          new File(
              "cifar-10-binary.tar.gz",
              "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin",
          "test_batch.bin"));

  private final String folder;
  private final String source;
  private final List<File> files;
  private final List<String> packed;

  /** A file as it is published, with its SHA-256. */
  record File(String name, String sha256) {}

  PublishedData(String folder, String source, List<File> files, List<String> packed) {
    this.folder = folder;
    this.source = source;
    this.files = files;
    this.packed = packed;
  }

  /**
   * Returns the folder of the data set's files in this user's cache, {@code data/NAME} beside the
   * weights. Missing files are downloaded, verified and unpacked.
   *
   * @param progress receives the progress of downloads
   * @return the folder
   * @throws stride.format.FileException if a file cannot be downloaded; the message names the url
   *     and the place to put it
   * @throws IOException if a file cannot be unpacked
   */
  public Path get(DownloadProgress progress) throws IOException {
    return get(WeightsFolder.stride().resolve("data"), URI.create(source), progress);
  }

  /**
   * Returns the folder of the data set's files in a cache.
   *
   * @param cache the folder that has a folder for each data set
   * @param source the address of the folder of the files
   */
  Path get(Path cache, URI source, DownloadProgress progress) throws IOException {
    var into = cache.resolve(folder);
    if (!packed.isEmpty() && packed.stream().map(into::resolve).allMatch(Files::isRegularFile)) {
      return into;
    }
    for (var file : files) {
      var target = into.resolve(file.name);
      new Download(source.resolve(file.name), file.sha256).to(target, progress);
      if (!packed.isEmpty()) {
        Tar.unpack(target, packed, into);
      }
    }
    return into;
  }
}
