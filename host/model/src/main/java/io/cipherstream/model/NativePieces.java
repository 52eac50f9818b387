package io.cipherstream.model;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * Pieces by Hugging Face's tokenizers. The native object is freed when this one is no longer
 * reachable.
 */
final class NativePieces implements PieceFinder {

  private static final Cleaner CLEANER = Cleaner.create();

  private final TokenizersLibrary library = NativeTokenizers.library();
  private final long handle;

  /**
   * @param json a checked tokenizer.json, see {@link TokenizerJson#forNativeCode}
   * @throws ModelException of kind TOKENIZER if the library does not take it, UNSUPPORTED or IO if
   *     there is no library
   */
  NativePieces(String json) {
    long made;
    try {
      made = library.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          "tokenizer.json is not one that tokenizers reads: " + e.getMessage(),
          e);
    }
    this.handle = made;
    TokenizersLibrary freeing = library;
    CLEANER.register(this, () -> freeing.deleteTokenizer(made));
  }

  @Override
  public int[] find(String text) {
    try {
      long encoding = library.encode(handle, text, false);
      try {
        return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
      } finally {
        library.deleteEncoding(encoding);
      }
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER, "the tokenizer refuses the text: " + e.getMessage(), e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
