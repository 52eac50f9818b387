package io.cipherstream.gateway.inference;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.serving.AnswerReading;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Question;
import java.util.ArrayList;
import java.util.List;

/** A model's answers as the tensors that {@link TensorDescription#outputs} names. */
final class OutputTensors {

  private OutputTensors() {}

  /**
   * All outputs.
   *
   * @param questions as they were asked, one for each answer
   */
  static List<OutputTensor> of(
      ModelFacts facts, List<Question> questions, List<ModelAnswer> answers) {
    int width = facts.shape().outputs();
    return switch (facts.gives()) {
      case EMBEDDING ->
          List.of(
              OutputTensor.rows(
                  TensorDescription.EMBEDDING,
                  answers.stream().map(ModelAnswer::row).toList(),
                  width));
      case VALUE ->
          List.of(
              OutputTensor.numbers(
                  TensorDescription.VALUE,
                  answers.stream().map(answer -> answer.row().get(0)).toList()));
      case LABEL -> labels(facts, answers, TensorDescription.LABEL, false);
      case LABELS -> labels(facts, answers, TensorDescription.LABELS, true);
      case WORD_LABELS -> words(facts, questions, answers);
    };
  }

  private static List<OutputTensor> labels(
      ModelFacts facts, List<ModelAnswer> answers, String name, boolean several) {
    int width = facts.shape().outputs();
    List<AnswerReading> readings =
        answers.stream()
            .map(answer -> AnswerReading.of(facts, answer.row(), answer.report()))
            .toList();
    return List.of(
        OutputTensor.rows(
            TensorDescription.LOGITS, readings.stream().map(AnswerReading::logits).toList(), width),
        OutputTensor.rows(
            TensorDescription.PROBABILITIES,
            readings.stream().map(AnswerReading::probabilities).toList(),
            width),
        OutputTensor.texts(
            name,
            readings.stream()
                .map(read -> several ? array(read.labels()) : read.labels().get(0))
                .toList()));
  }

  /** Any number of labels as one text: a JSON array. */
  private static String array(List<String> labels) {
    ArrayNode array = StrictJson.MAPPER.createArrayNode();
    labels.forEach(array::add);
    return array.toString();
  }

  private static List<OutputTensor> words(
      ModelFacts facts, List<Question> questions, List<ModelAnswer> answers) {
    List<List<Double>> logits = new ArrayList<>();
    List<List<Double>> probabilities = new ArrayList<>();
    List<String> words = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<Integer> texts = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      ModelAnswer answer = answers.get(i);
      List<String> asked = ((Question.Words) questions.get(i)).words();
      for (int j = 0; j < answer.rows().size(); j++) {
        AnswerReading read = AnswerReading.of(facts, answer.rows().get(j), answer.report());
        logits.add(read.logits());
        probabilities.add(read.probabilities());
        words.add(asked.get(answer.words().get(j)));
        labels.add(read.labels().get(0));
        texts.add(i);
      }
    }
    int width = facts.shape().outputs();
    return List.of(
        OutputTensor.rows(TensorDescription.LOGITS, logits, width),
        OutputTensor.rows(TensorDescription.PROBABILITIES, probabilities, width),
        OutputTensor.texts(TensorDescription.WORDS, words),
        OutputTensor.texts(TensorDescription.WORD_LABELS, labels),
        OutputTensor.indices(TensorDescription.TEXT_INDEX, texts));
  }
}
