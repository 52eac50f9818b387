package io.cipherstream.cli.ask;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Units;
import io.cipherstream.client.Answer;
import io.cipherstream.client.Classification;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.Estimate;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.client.LabelSet;
import io.cipherstream.client.WordLabels;
import io.cipherstream.model.Head;
import io.cipherstream.model.Question;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks a model and prints its answer of any kind: a label, several, a value, or a label per word.
 */
public final class AnswerOutput {

  private final String model;
  private final PrintWriter out;
  private final boolean asJson;

  AnswerOutput(String model, PrintWriter out, boolean asJson) {
    this.model = model;
    this.out = out;
    this.asJson = asJson;
  }

  /** One question of a model that labels words, and its answer. */
  void printWords(ClientModel open, TextOptions.Origin asked) {
    Question.Words words = (Question.Words) asked.question(open.input());
    print(asked, open.label(words.words()));
  }

  /** One question and its answer. */
  void print(ClientModel open, TextOptions.Origin asked, Answer answer) {
    Question question = asked.question(open.input());
    if (open.shape().head() == Head.VALUE) {
      print(asked, question, open.estimate(answer));
    } else if (open.shape().head() == Head.LABELS) {
      print(asked, question, open.labelSet(answer));
    } else {
      print(asked, question, open.classification(answer));
    }
  }

  private void print(TextOptions.Origin asked, Question question, Classification result) {
    if (asJson) {
      finish(addTo(asked(asked, question), result), result.report());
      return;
    }
    print(result.label(), result.logits(), result.report(), shown(asked, question));
  }

  private void print(TextOptions.Origin asked, Question question, LabelSet result) {
    if (asJson) {
      ObjectNode json = asked(asked, question);
      json.set("labels", Json.strings(result.labels()));
      json.set("logits", Json.numbers(result.logits()));
      json.set("probabilities", Json.numbers(result.probabilities()));
      finish(json, result.report());
      return;
    }
    String labels = result.labels().isEmpty() ? "(none)" : String.join(", ", result.labels());
    print(labels, result.logits(), result.report(), shown(asked, question));
  }

  private void print(String label, List<Double> logits, InferenceReport report, String shown) {
    StringBuilder numbers = new StringBuilder();
    for (double logit : logits) {
      numbers.append(String.format(Locale.ROOT, " %.4f", logit));
    }
    out.printf(Locale.ROOT, "%-10s [%s ]  %s  \"%s\"%n", label, numbers, times(report), shown);
  }

  private void print(TextOptions.Origin asked, Question question, Estimate result) {
    if (asJson) {
      ObjectNode json = asked(asked, question);
      json.put("value", result.value());
      finish(json, result.report());
      return;
    }
    out.printf(
        Locale.ROOT,
        "%.4f  %s  \"%s\"%n",
        result.value(),
        times(result.report()),
        shown(asked, question));
  }

  private void print(TextOptions.Origin asked, WordLabels result) {
    if (asJson) {
      ObjectNode json = asked(asked, new Question.Text(asked.text()));
      ArrayNode words = json.putArray("words");
      for (WordLabels.WordLabel word : result.words()) {
        ObjectNode node = words.addObject();
        node.put("word", word.word());
        node.put("label", word.label());
        node.set("logits", Json.numbers(word.logits()));
        node.set("probabilities", Json.numbers(word.probabilities()));
      }
      finish(json, result.report());
      return;
    }
    int width = result.words().stream().mapToInt(w -> w.word().length()).max().orElse(1);
    for (WordLabels.WordLabel word : result.words()) {
      out.printf(
          Locale.ROOT,
          "%-" + width + "s  %-10s %.4f%n",
          word.word(),
          word.label(),
          Collections.max(word.probabilities()));
    }
    out.println("  " + times(result.report()));
    out.println();
  }

  /** A text's classification with every figure a program may need. */
  public static ObjectNode json(String model, String text, Classification result) {
    ObjectNode json = addTo(Json.object().put("text", text), result);
    json.put("model", model);
    Json.addReport(json, result.report());
    return json;
  }

  private static ObjectNode addTo(ObjectNode json, Classification result) {
    json.put("label", result.label());
    json.set("logits", Json.numbers(result.logits()));
    json.set("probabilities", Json.numbers(result.probabilities()));
    return json;
  }

  private static String shown(TextOptions.Origin asked, Question question) {
    return question instanceof Question.Pair pair
        ? pair.first() + " | " + pair.second()
        : asked.text();
  }

  private static ObjectNode asked(TextOptions.Origin asked, Question question) {
    ObjectNode json = Json.object();
    if (question instanceof Question.Pair pair) {
      json.put("text", pair.first());
      json.put("pair", pair.second());
    } else {
      json.put("text", asked.text());
    }
    asked.addLineTo(json);
    return json;
  }

  private void finish(ObjectNode json, InferenceReport report) {
    json.put("model", model);
    Json.addReport(json, report);
    Json.print(out, json);
  }

  private static String times(InferenceReport report) {
    return String.format(
        Locale.ROOT,
        "%.2f s, %d rounds, %s up, %s down%s%s",
        report.totalSeconds(),
        report.rounds(),
        Units.bytes(report.bytesUp()),
        Units.bytes(report.bytesDown()),
        report.texts() > 1 ? ", shared by " + report.texts() + " texts" : "",
        leftOut(report).map(note -> ", " + note).orElse(""));
  }

  /** A note of what --truncate cut; empty if nothing. */
  static Optional<String> leftOut(InferenceReport report) {
    if (report.wordsLeftOut() > 0) {
      return Optional.of("cut: " + report.wordsLeftOut() + " words left out");
    }
    return report.tokensLeftOut() > 0
        ? Optional.of("cut: " + report.tokensLeftOut() + " tokens left out")
        : Optional.empty();
  }
}
