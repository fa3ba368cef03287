package stride.app;

import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.PictureDecoder;

/**
 * The module {@code stride.codecs}, loaded when a picture needs it: on the module path its jars
 * would take time at every start. They lie in a folder of their own beside the command line's jar.
 */
public final class BundledCodecs implements PictureDecoder {
  private static final String FOLDER = "codecs";
  private static final String MODULE = "stride.codecs";

  private final List<PictureDecoder> decoders;

  /** Loads them; there are none where the folder is missing. */
  public BundledCodecs() {
    decoders = found();
  }

  private static List<PictureDecoder> found() {
    Path folder;
    try {
      var source = BundledCodecs.class.getProtectionDomain().getCodeSource().getLocation();
      folder = Path.of(source.toURI()).resolveSibling(FOLDER);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var boot = ModuleLayer.boot();
    var configuration =
        boot.configuration().resolve(ModuleFinder.of(folder), ModuleFinder.of(), Set.of(MODULE));
    var layer =
        boot.defineModulesWithOneLoader(configuration, BundledCodecs.class.getClassLoader());
    return ServiceLoader.load(layer, PictureDecoder.class).stream()
        // The layer's parents have this one.
        .filter(provider -> provider.type().getModule().getLayer() == layer)
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  @Override
  public Optional<EncodedPicture> open(byte[] file) throws FormatException {
    for (var decoder : decoders) {
      var opened = decoder.open(file);
      if (opened.isPresent()) {
        return opened;
      }
    }
    return Optional.empty();
  }
}
