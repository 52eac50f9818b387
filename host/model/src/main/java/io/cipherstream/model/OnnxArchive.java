package io.cipherstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A jar or zip that holds one ONNX file and, perhaps, its data, {@code tokenizer.json}, {@code
 * config.json} and {@code 1_Pooling/config.json}.
 */
final class OnnxArchive {

  private OnnxArchive() {}

  /**
   * @throws ModelException of kind UNSUPPORTED if there is not exactly one ONNX file, SHAPE if it
   *     is too large, MALFORMED if it is no zip
   */
  static ImportedModel read(Path archive, ImportOptions options) {
    Path folder = null;
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      ZipEntry model = null;
      ZipEntry tokenizer = null;
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        if (entry.getName().endsWith(".onnx")) {
          model = only(model, entry, archive);
        } else if (entry.getName().endsWith("tokenizer.json")) {
          tokenizer = only(tokenizer, entry, archive);
        }
      }
      if (model == null) {
        throw new ModelException(
            ModelException.Kind.UNSUPPORTED,
            archive.getFileName() + " holds no ONNX file: expected one");
      }
      folder = Files.createTempDirectory("cipherstream-onnx-");
      String name = model.getName().substring(model.getName().lastIndexOf('/') + 1);
      Path file = folder.resolve(name.equals(".onnx") ? "model.onnx" : name);
      extract(zip, model, file, OnnxReader.FILE_BYTES_MAX);
      if (tokenizer != null) {
        extract(zip, tokenizer, folder.resolve("tokenizer.json"), WordPieces.FILE_BYTES_MAX);
      }
      beside(zip, model, folder);
      return ModelImporter.onnx(file, options);
    } catch (ZipException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, archive.getFileName() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + archive, e);
    } finally {
      ModelFiles.delete(folder);
    }
  }

  /** Unpacks what stands in the archive's folder of the model and belongs to it. */
  private static void beside(ZipFile zip, ZipEntry model, Path folder) throws IOException {
    String place = model.getName().substring(0, model.getName().lastIndexOf('/') + 1);
    for (String name : List.of("config.json", "1_Pooling/config.json")) {
      ZipEntry entry = zip.getEntry(place + name);
      if (entry != null) {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        extract(zip, entry, file, HuggingFaceConfig.FILE_BYTES_MAX);
      }
    }
    String name = model.getName().substring(place.length());
    for (String ending : List.of(".data", "_data")) {
      ZipEntry entry = zip.getEntry(place + name + ending);
      if (entry != null) {
        extract(zip, entry, folder.resolve(name + ending), OnnxExternal.BYTES_MAX);
      }
    }
  }

  private static ZipEntry only(@Nullable ZipEntry before, ZipEntry entry, Path archive) {
    if (before != null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          archive.getFileName()
              + " holds both "
              + before.getName()
              + " and "
              + entry.getName()
              + ": unpack it and name one");
    }
    return entry;
  }

  private static void extract(ZipFile zip, ZipEntry entry, Path file, long bytesMax)
      throws IOException {
    try (InputStream in = zip.getInputStream(entry);
        OutputStream out = Files.newOutputStream(file)) {
      byte[] chunk = new byte[ModelFiles.CHUNK_BYTES];
      long bytes = 0;
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        bytes += n;
        if (bytes > bytesMax) {
          throw new ModelException(
              ModelException.Kind.SHAPE,
              entry.getName() + " unpacks to more than " + bytesMax + " bytes");
        }
        out.write(chunk, 0, n);
      }
    }
  }
}
