package io.cipherstream.gateway.serving;

import io.cipherstream.client.Answer;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.ServerProblemException;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.Arrays;
import java.util.HashMap;
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

  /**
   * Asks the appliance, or each further one if it is gone.
   *
   * @throws ClientException of the question, or of the last appliance that was asked
   */
  ModelAnswer ask(Question question, Truncation truncation) {
    return keys.using(
        now -> {
          renew(now);
          return answer(question, truncation);
        });
  }

  private ModelAnswer answer(Question question, Truncation truncation) {
    for (int tries = 1; ; tries++) {
      ApplianceLink link = home.current();
      try {
        return ask(at(link), question, truncation);
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

  private static ModelAnswer ask(ClientModel open, Question question, Truncation truncation) {
    EncodedQuestion tokens = open.tokens(question, truncation);
    Answer answer = open.ask(tokens);
    return new ModelAnswer(
        answer.rows(), Arrays.stream(tokens.words()).boxed().toList(), answer.report());
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
