package io.cipherstream.gateway.serving;

import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.ServerProblemException;
import io.cipherstream.model.EncodedQuestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One inference of a model at a time, at the model's appliance: a client of its own for each
 * appliance that it has met, all with the session that the first one opened. For one thread.
 */
final class Lane implements AutoCloseable {

  private final String model;
  private final HomeAppliance home;
  private final Object opening;
  private final KeyRotation keys;
  private int generation;
  private final Map<ApplianceLink, CipherstreamClient> clients = new HashMap<>();

  /**
   * @param opening held while a session is opened, so that all lanes of a model share one
   */
  Lane(String model, HomeAppliance home, Object opening, KeyRotation keys) {
    this.model = model;
    this.home = home;
    this.opening = opening;
    this.keys = keys;
  }

  /**
   * Connects, fetches the client package, and makes or finds keys and session.
   *
   * @throws ClientException if the appliance cannot be used
   */
  ModelFacts prepare() {
    return keys.using(
        now -> {
          renew(now);
          return ModelFacts.of(prepared());
        });
  }

  /** Forgets clients whose keys were replaced. */
  private void renew(int now) {
    if (now != generation) {
      generation = now;
      close();
    }
  }

  private ClientModel prepared() {
    ApplianceLink link = home.current();
    try {
      return at(link);
    } catch (ClientException e) {
      if (isGone(e)) {
        link.down(e);
      }
      throw e;
    }
  }

  /** Hears what became of each of several questions. */
  interface Answers {
    void answered(QuestionQueue.Waiting question, ModelAnswer answer);

    void refused(QuestionQueue.Waiting question, ClientException why);
  }

  /**
   * Asks the appliance, or each further one if it is gone. Questions share inferences where the
   * model can do that and there are enough of them.
   *
   * @param answers hears of each question once, unless this throws
   * @throws ClientException of the last appliance that was asked; the questions that {@code
   *     answers} has not heard of have no answer
   */
  void ask(List<QuestionQueue.Waiting> questions, Answers answers) {
    keys.using(
        now -> {
          renew(now);
          answer(new ArrayList<>(questions), answers);
          return now;
        });
  }

  /**
   * @param left those without an answer; each that gets one is removed
   */
  private void answer(List<QuestionQueue.Waiting> left, Answers answers) {
    for (int tries = 1; ; tries++) {
      ApplianceLink link = home.current();
      try {
        ask(at(link), left, answers);
        return;
      } catch (ClientException e) {
        if (!isGone(e)) {
          throw e;
        }
        link.down(e);
        if (tries >= home.count() || home.current() == link) {
          throw e;
        }
      }
    }
  }

  private static void ask(ClientModel open, List<QuestionQueue.Waiting> left, Answers answers) {
    List<QuestionQueue.Waiting> asked = new ArrayList<>();
    List<EncodedQuestion> encoded = new ArrayList<>();
    for (QuestionQueue.Waiting waiting : List.copyOf(left)) {
      try {
        encoded.add(open.tokens(waiting.question(), waiting.truncation()));
        asked.add(waiting);
      } catch (ClientException e) { // of this question alone: nothing has been sent
        left.remove(waiting);
        answers.refused(waiting, e);
      }
    }
    open.askEncoded(
        encoded,
        (i, answer) -> {
          List<Integer> words = Arrays.stream(encoded.get(i).words()).boxed().toList();
          left.remove(asked.get(i));
          answers.answered(asked.get(i), new ModelAnswer(answer.rows(), words, answer.report()));
        });
  }

  private ClientModel at(ApplianceLink link) {
    CipherstreamClient client = clients.get(link);
    if (client == null) {
      client = CipherstreamClient.connect(link.options());
      clients.put(link, client);
    }
    ClientModel open = client.model(model);
    synchronized (opening) {
      open.prepare();
    }
    return open;
  }

  /** Whether another appliance may do better. */
  private static boolean isGone(ClientException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, UNTRUSTED, TIMEOUT, MODEL_UNKNOWN -> true;
      case REFUSED ->
          failure instanceof ServerProblemException refused && refused.problem().status() == 503;
      default -> false;
    };
  }

  @Override
  public void close() {
    clients.values().forEach(CipherstreamClient::close);
    clients.clear();
  }
}
