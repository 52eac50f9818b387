package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a package's weights come from.
 *
 * @param format {@code safetensors}, {@code huggingface} or {@code onnx}; {@link #CONVERTED} if the
 *     weights were trained further since
 * @param file name of the weights file, without folders
 * @param sha256 digest of that file
 * @param origin where the user said it comes from
 */
public record ModelSource(String format, String file, String sha256, @Nullable String origin) {

  /** The format of a model that this program trained from another. */
  public static final String CONVERTED = "converted";
}
