package io.cipherstream.cli.ask;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.appliance.ConnectionOptions;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.Answer;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.PendingAnswer;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.Pooling;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Answers that are fetched later, while the appliance goes on without the command. */
final class LaterOptions {

  /** Seconds for which the appliance is asked to wait at a time. */
  private static final int WAIT_SECONDS = 20;

  @ArgGroup private @Nullable Choice choice;

  private static final class Choice {
    @Option(
        names = "--later",
        description =
            "Do not wait for the answer: print a job for each text, by which --job fetches it. For"
                + " a running appliance (--url) and mode sealed.")
    private boolean later;

    @Option(
        names = "--job",
        paramLabel = "JOB",
        description =
            "Fetch the answer of a job of --later, once it is there; with the same text again, which"
                + " is kept nowhere.")
    private @Nullable String job;
  }

  /**
   * @throws CliException if one of the options is given and no appliance is named
   */
  void check(ConnectionOptions connection) {
    if (choice != null && connection.startsOne()) {
      throw new CliException(
          ExitCodes.USAGE, "--later and --job need an appliance that goes on running: give --url");
    }
  }

  /**
   * Asks or fetches, if one of the options is given.
   *
   * @return false if none is
   * @throws CliException if they do not fit the other options
   */
  boolean done(
      ClientModel model,
      List<TextOptions.Origin> texts,
      PrintWriter out,
      boolean json,
      BiConsumer<TextOptions.Origin, Answer> print) {
    Choice chosen = choice;
    if (chosen == null) {
      return false;
    }
    if (model.shape().pooling() == Pooling.NONE) {
      throw new CliException(
          ExitCodes.BAD_INPUT, "--later and --job: model " + model.name() + " labels words");
    }
    String job = chosen.job;
    if (chosen.later || job == null) {
      texts.forEach(text -> submit(model, text, out, json));
      return true;
    }
    if (texts.size() != 1) {
      throw new CliException(
          ExitCodes.USAGE, "--job with " + texts.size() + " texts: give the one text of that job");
    }
    print.accept(
        texts.get(0), fetched(model, PendingAnswer.parse(job), encoded(model, texts.get(0))));
    return true;
  }

  private static void submit(
      ClientModel model, TextOptions.Origin text, PrintWriter out, boolean json) {
    PendingAnswer pending = model.submit(encoded(model, text));
    if (json) {
      ObjectNode line = Json.object();
      line.put("job", pending.toString());
      text.addLineTo(line);
      Json.print(out, line);
    } else {
      out.println(pending);
    }
  }

  private static Answer fetched(
      ClientModel model, PendingAnswer pending, EncodedQuestion question) {
    Optional<Answer> answer = Optional.empty();
    while (answer.isEmpty()) {
      answer = model.fetch(pending, question, WAIT_SECONDS);
    }
    return answer.get();
  }

  private static EncodedQuestion encoded(ClientModel model, TextOptions.Origin text) {
    return model.tokens(text.question(model.input()));
  }
}
