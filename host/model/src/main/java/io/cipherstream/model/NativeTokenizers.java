package io.cipherstream.model;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Hugging Face's tokenizers as DJL packs them. The library is loaded when it is first asked for, so
 * that a program that never tokenizes from tokenizer.json, such as the appliance, does not hold it.
 * DJL's own loader is passed by: it looks for graphics cards, may download, and reports its use.
 */
final class NativeTokenizers {

  /**
   * System property with the folder that keeps the unpacked library between runs. Without it, or
   * where this user may not write there, each process unpacks a copy of its own.
   */
  static final String FOLDER_PROPERTY = "cipherstream.native";

  /**
   * The version of the artifact, in the kept file's path: another version has a file of its own.
   */
  private static final String KEPT = "tokenizers-0.36.0";

  private NativeTokenizers() {}

  private static final class Loaded {
    static final TokenizersLibrary LIBRARY = load();
  }

  /**
   * The native functions.
   *
   * @throws ModelException of kind UNSUPPORTED on a system without a library, IO if it cannot be
   *     unpacked or loaded
   */
  static TokenizersLibrary library() {
    try {
      return Loaded.LIBRARY;
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof ModelException model) {
        throw model;
      }
      throw e;
    }
  }

  private static TokenizersLibrary load() {
    String resource = resource();
    URL packed = TokenizersLibrary.class.getClassLoader().getResource(resource);
    if (packed == null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "no tokenizers library " + resource + " on the class path: expected Linux or macOS");
    }
    try {
      Path kept = kept(packed);
      if (kept != null) {
        System.load(kept.toString());
      } else {
        loadOnce(packed);
      }
    } catch (IOException e) {
      throw ModelFiles.io("cannot unpack the tokenizers library", e);
    } catch (UnsatisfiedLinkError e) {
      throw new ModelException(
          ModelException.Kind.IO,
          "cannot load the tokenizers library: "
              + e.getMessage()
              + "; name a folder where libraries may be loaded with -D"
              + FOLDER_PROPERTY,
          e);
    }
    return TokenizersLibrary.LIB;
  }

  private static String resource() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    return "native/lib/"
        + (os.startsWith("mac") ? "osx" : os.startsWith("linux") ? "linux" : os)
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch)
        + "/cpu/"
        + System.mapLibraryName("tokenizers");
  }

  /** The kept file, unpacked if it is not there; null if there is no folder to keep it in. */
  private static @Nullable Path kept(URL packed) throws IOException {
    String folder = System.getProperty(FOLDER_PROPERTY, "");
    if (folder.isBlank()) {
      return null;
    }
    Path file =
        Path.of(folder).toAbsolutePath().resolve(KEPT).resolve(System.mapLibraryName("tokenizers"));
    long bytes = packed.openConnection().getContentLengthLong();
    if (Files.isRegularFile(file) && Files.size(file) == bytes) {
      return file;
    }
    try {
      Files.createDirectories(file.getParent());
      ModelFiles.replace(
          file,
          out -> {
            try (InputStream in = packed.openStream()) {
              in.transferTo(out);
            }
          });
      return file;
    } catch (IOException | ModelException e) {
      return null; // a folder of another user, or a full one: a copy of our own does
    }
  }

  /** Loads from a folder that nobody else may enter, and leaves nothing behind. */
  private static void loadOnce(URL packed) throws IOException {
    Path folder = Files.createTempDirectory("cipherstream-tokenizers-");
    try (InputStream in = packed.openStream()) {
      Path file = folder.resolve(System.mapLibraryName("tokenizers"));
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      System.load(file.toString());
    } finally {
      ModelFiles.delete(folder);
    }
  }
}
