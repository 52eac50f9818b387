package io.cipherstream.cli.ask;

import io.cipherstream.cli.base.Progress;
import io.cipherstream.client.Answer;
import io.cipherstream.client.ClientModel;
import io.cipherstream.model.Question;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/** The texts of one call, which share inferences where that costs less; with progress and speed. */
final class ManyTexts {

  private ManyTexts() {}

  /**
   * Asks about all of them.
   *
   * @param doing what the progress says
   * @param answered takes each text and its answer, in order
   */
  static void ask(
      ClientModel open,
      List<TextOptions.Origin> texts,
      String doing,
      Progress progress,
      BiConsumer<TextOptions.Origin, Answer> answered) {
    List<Question> questions = texts.stream().map(t -> t.question(open.input())).toList();
    long started = System.nanoTime();
    progress.progress(doing, 0, texts.size());
    open.askAll(
        questions,
        (i, answer) -> {
          answered.accept(texts.get(i), answer);
          double seconds = (System.nanoTime() - started) / 1e9;
          String speed = String.format(Locale.ROOT, ", %.1f sentences a second", (i + 1) / seconds);
          progress.progress(doing + speed, i + 1, texts.size());
        });
  }
}
