package io.cipherstream.workflow.report;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;

/**
 * A model's answer to every development example, or the true answers, stored compactly: one byte
 * per class or tag, four per value, one bit per hit. Values are stored in single precision.
 *
 * @param kind the kind of answers
 * @param labels names of the classes or tags; empty for values and hits
 * @param examples number of examples
 * @param data the answers in Base64. {@code HITS}: one bit each, the lowest of a byte first. {@code
 *     CLASSES}: one byte each. {@code VALUES}: IEEE singles, high byte first. {@code WORDS}: for
 *     every sentence its length in two bytes, high first, and one byte per tag
 */
public record Predictions(Kind kind, List<String> labels, int examples, String data) {

  /** The kind of answers. */
  public enum Kind {
    /** Whether the model was right: used when the answers themselves are not stored. */
    HITS,
    /** A class a text. */
    CLASSES,
    /** A value a text. */
    VALUES,
    /** A tag a word. */
    WORDS
  }

  /** Most labels. */
  public static final int LABELS_MAX = 256;

  private static final int WORDS_MAX = 0xffff;

  /**
   * @throws IllegalArgumentException if the data is no Base64 or does not fit the other parts
   */
  public Predictions {
    labels = List.copyOf(labels);
    boolean labelled = kind == Kind.CLASSES || kind == Kind.WORDS;
    if (labelled == labels.isEmpty() || labels.size() > LABELS_MAX || examples < 1) {
      throw new IllegalArgumentException(
          kind
              + " of "
              + examples
              + " examples with "
              + labels.size()
              + " labels: expected at least one example, 1 to "
              + LABELS_MAX
              + " labels for classes and words, none otherwise");
    }
    check(kind, labels.size(), examples, Base64.getDecoder().decode(data));
  }

  private static void check(Kind kind, int labels, int examples, byte[] bytes) {
    boolean fits =
        switch (kind) {
          case HITS -> bytes.length == (examples + 7) / 8;
          case CLASSES -> bytes.length == examples && below(bytes, 0, bytes.length, labels);
          case VALUES -> bytes.length == 4L * examples;
          case WORDS -> wordsFit(bytes, examples, labels);
        };
    if (!fits) {
      throw new IllegalArgumentException(
          bytes.length + " bytes are not the " + kind + " of " + examples + " examples");
    }
  }

  private static boolean below(byte[] bytes, int from, int to, int labels) {
    for (int i = from; i < to; i++) {
      if ((bytes[i] & 0xff) >= labels) {
        return false;
      }
    }
    return true;
  }

  private static boolean wordsFit(byte[] bytes, int examples, int labels) {
    int at = 0;
    for (int s = 0; s < examples; s++) {
      if (bytes.length - at < 2) {
        return false;
      }
      int words = ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
      at += 2;
      if (bytes.length - at < words || !below(bytes, at, at + words, labels)) {
        return false;
      }
      at += words;
    }
    return at == bytes.length;
  }

  /** Whether each example was right. */
  public static Predictions ofHits(boolean[] hits) {
    byte[] bytes = new byte[(hits.length + 7) / 8];
    for (int i = 0; i < hits.length; i++) {
      bytes[i / 8] |= (byte) (hits[i] ? 1 << i % 8 : 0);
    }
    return of(Kind.HITS, List.of(), hits.length, bytes);
  }

  /**
   * A class a text.
   *
   * @throws IllegalArgumentException if a class is none of the labels' indices
   */
  public static Predictions ofClasses(List<String> labels, int[] classes) {
    byte[] bytes = new byte[classes.length];
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] >= labels.size()) {
        throw new IllegalArgumentException(
            "class " + classes[i] + ": expected 0 to " + (labels.size() - 1));
      }
      bytes[i] = (byte) classes[i];
    }
    return of(Kind.CLASSES, labels, classes.length, bytes);
  }

  /** A value a text, rounded to single precision. */
  public static Predictions ofValues(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return of(Kind.VALUES, List.of(), values.length, bytes.array());
  }

  /**
   * A tag per word of every sentence.
   *
   * @throws IllegalArgumentException if there are more than {@link #LABELS_MAX} different tags or
   *     65 535 words in a sentence
   */
  public static Predictions ofWords(List<List<String>> sentences) {
    List<String> labels =
        List.copyOf(new TreeSet<>(sentences.stream().flatMap(List::stream).toList()));
    ByteBuffer bytes =
        ByteBuffer.allocate(sentences.stream().mapToInt(tags -> tags.size() + 2).sum());
    for (List<String> tags : sentences) {
      if (tags.size() > WORDS_MAX) {
        throw new IllegalArgumentException(
            tags.size() + " words in a sentence: expected at most " + WORDS_MAX);
      }
      bytes.putShort((short) tags.size());
      tags.forEach(tag -> bytes.put((byte) labels.indexOf(tag)));
    }
    return of(Kind.WORDS, labels, sentences.size(), bytes.array());
  }

  private static Predictions of(Kind kind, List<String> labels, int examples, byte[] bytes) {
    return new Predictions(kind, labels, examples, Base64.getEncoder().encodeToString(bytes));
  }

  /** 1 for every hit, 0 for the others; of {@link Kind#HITS} only. */
  double[] hits() {
    byte[] bytes = bytes(Kind.HITS);
    double[] out = new double[examples];
    for (int i = 0; i < examples; i++) {
      out[i] = bytes[i / 8] >> i % 8 & 1;
    }
    return out;
  }

  int[] classes() {
    byte[] bytes = bytes(Kind.CLASSES);
    int[] out = new int[examples];
    for (int i = 0; i < examples; i++) {
      out[i] = bytes[i] & 0xff;
    }
    return out;
  }

  double[] values() {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(Kind.VALUES));
    double[] out = new double[examples];
    for (int i = 0; i < examples; i++) {
      out[i] = bytes.getFloat();
    }
    return out;
  }

  List<List<String>> words() {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(Kind.WORDS));
    List<List<String>> out = new ArrayList<>();
    for (int s = 0; s < examples; s++) {
      List<String> tags = new ArrayList<>();
      for (int left = bytes.getShort() & 0xffff; left > 0; left--) {
        tags.add(labels.get(bytes.get() & 0xff));
      }
      out.add(tags);
    }
    return out;
  }

  private byte[] bytes(Kind expected) {
    if (kind != expected) {
      throw new IllegalStateException(kind + " are not " + expected);
    }
    return Base64.getDecoder().decode(data);
  }
}
