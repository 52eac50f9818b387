package io.cipherstream.client;

import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Makes the answers of an inference, each with its report. Immutable. */
final class AnswerMaker {

  private final InferenceMode mode;
  private final List<String> notes;

  /**
   * @param notes what every report says
   */
  AnswerMaker(InferenceMode mode, List<String> notes) {
    this.mode = mode;
    this.notes = List.copyOf(notes);
  }

  /** In the order of the questions that shared the inference. */
  List<Answer> of(
      List<EncodedQuestion> questions, InferencePlan plan, ModelSession.Inference made) {
    InferenceOutcome outcome = made.outcome();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      EncodedQuestion question = questions.get(i);
      InferenceReport report =
          new InferenceReport(
              mode.label(),
              outcome.engine(),
              outcome.enginesFailed(),
              question.tokens().length(),
              question.tokensLeftOut(),
              question.wordsLeftOut(),
              plan.tokenClass(),
              plan.rounds().size(),
              outcome.bytesUp(),
              outcome.bytesDown(),
              i == 0 ? made.keyBytes() : 0,
              Math.max(0, made.seconds() - outcome.clientSeconds()),
              outcome.computeSeconds(),
              outcome.clientSeconds(),
              made.seconds(),
              questions.size(),
              Stream.concat(notes.stream(), outcome.warnings().stream()).toList());
      answers.add(
          new Answer(
              Arrays.stream(question.answers(outcome.outputs().get(i)))
                  .map(row -> Arrays.stream(row).boxed().toList())
                  .toList(),
              report));
    }
    return answers;
  }
}
