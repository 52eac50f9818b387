package io.cipherstream.cli.ask;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.TruncateOption;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientModel;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import io.cipherstream.model.QuestionEncoder;
import io.cipherstream.workflow.data.BadRows;
import io.cipherstream.workflow.data.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks all texts before the first one is encrypted, so that a long job does not stop late. */
final class TokenCheck {

  private final TruncateOption truncate;
  private final BadRows bad;

  /**
   * @param bad takes the lines of files that cannot be used, and is settled
   */
  TokenCheck(TruncateOption truncate, BadRows bad) {
    this.truncate = truncate;
    this.bad = bad;
  }

  /** The texts that fit an appliance's model. */
  List<TextOptions.Origin> usable(ClientModel model, List<TextOptions.Origin> texts) {
    return usable(model.input(), model::tokens, texts);
  }

  /** The texts that fit a model on this machine. */
  List<TextOptions.Origin> usable(QuestionEncoder encoder, List<TextOptions.Origin> texts) {
    return usable(
        Optional.ofNullable(encoder.input()),
        question -> encoder.encode(question, truncate.truncation()),
        texts);
  }

  private List<TextOptions.Origin> usable(
      Optional<ModelTask.Input> input, Consumer<Question> encode, List<TextOptions.Origin> texts) {
    List<TextOptions.Origin> usable = new ArrayList<>();
    for (TextOptions.Origin text : texts) {
      try {
        encode.accept(text.question(input));
        usable.add(text);
      } catch (ModelException e) {
        refuse(text, e.kind() == ModelException.Kind.TEXT_TOO_LONG, e);
      } catch (ClientException e) {
        refuse(text, e.kind() == ClientException.Kind.INPUT_TOO_LONG, e);
      }
    }
    bad.settle();
    if (usable.isEmpty()) {
      throw CliException.badInput("none of the texts can be used:" + bad.text());
    }
    return usable;
  }

  /** A text of the command line is refused at once, a line of a file together with the others. */
  private void refuse(TextOptions.Origin text, boolean tooLong, RuntimeException e) {
    String where = text.origin().isEmpty() ? "" : text.origin() + ": ";
    String message = where + e.getMessage() + (tooLong ? truncate.advice() : "");
    if (text.line() == 0) {
      throw new CliException(ExitCodes.BAD_INPUT, message, e);
    }
    bad.add(
        new DataException(
            tooLong ? DataException.Kind.TOO_LONG : DataException.Kind.TEXT, message, e));
  }
}
