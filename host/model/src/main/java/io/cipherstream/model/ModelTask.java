package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model was trained to answer, as far as a user of the package should know it.
 *
 * @param name the task's name, such as {@code sts-b}
 * @param input what one question consists of
 * @param min least value that the training data has, for head VALUE; null where it is not known
 * @param max largest value that the training data has, likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelTask(String name, Input input, @Nullable Double min, @Nullable Double max) {

  /** What a task's name looks like. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._+-]{0,63}");

  /** What one question consists of. */
  public enum Input {
    /** One text: [CLS] a [SEP]. */
    TEXT,
    /** Two texts: [CLS] a [SEP] in segment 0, b [SEP] in segment 1. */
    PAIR,
    /** One text given as words; each has an answer, taken from its first word piece. */
    WORDS;

    /** The lower-case name in manifests. */
    @JsonValue
    public String text() {
      return EnumNames.of(this);
    }

    /**
     * @throws ModelException of kind UNSUPPORTED if no constant has that name
     */
    @JsonCreator
    public static Input parse(String name) {
      return EnumNames.parse(Input.class, "task input", name);
    }
  }

  /**
   * @throws ModelException of kind MALFORMED without name or input, NAME if the name does not match
   *     {@link #NAME}, VALUE if min and max are not finite and ascending
   */
  public ModelTask {
    if (name == null || input == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "task without name or input: expected both");
    }
    if (!NAME.matcher(name).matches()) {
      throw new ModelException(
          ModelException.Kind.NAME,
          "task name '"
              + name
              + "': expected 1 to 64 letters, digits, spaces and '.', '_', '+', '-'");
    }
    if ((min != null && !Double.isFinite(min))
        || (max != null && !Double.isFinite(max))
        || (min != null && max != null && min >= max)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "task " + name + " with values " + min + " to " + max + ": expected finite, ascending");
    }
  }

  /** A task without known values. */
  public static ModelTask of(String name, Input input) {
    return new ModelTask(name, input, null, null);
  }

  /**
   * @throws ModelException of kind SHAPE if no model of that shape answers such questions
   */
  void check(ModelShape shape) {
    if ((input == Input.WORDS) != (shape.pooling() == Pooling.NONE)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "task "
              + name
              + " of "
              + input.text()
              + " with pooling "
              + shape.pooling().text()
              + ": expected pooling none for words and for nothing else");
    }
    if ((min != null || max != null) && shape.head() != Head.VALUE) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "task "
              + name
              + " has a least or largest value, but the model's head is "
              + shape.head().text());
    }
  }
}
