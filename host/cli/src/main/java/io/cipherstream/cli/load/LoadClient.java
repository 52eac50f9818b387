package io.cipherstream.cli.load;

import io.cipherstream.cli.evaluate.PlainPass;
import io.cipherstream.client.Answer;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.ServerProblemException;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of a run. It asks one text after another, each through the next of its addresses, all
 * of them in one session. For one thread.
 */
final class LoadClient implements AutoCloseable {

  /** After a refusal that came at once, a client as impatient as this one waits that long. */
  private static final long REFUSED_MILLIS = 20;

  private final Plan plan;
  private final List<ClientOptions> addresses;
  private final List<@Nullable CipherstreamClient> clients;
  private final int first;
  private int turn;

  /**
   * What all clients do.
   *
   * @param plain the plaintext to compare with; empty to compare with nothing
   * @param tolerance largest difference of a right answer
   */
  record Plan(
      String model,
      Optional<String> mode,
      List<String> texts,
      Optional<PlainPass> plain,
      double tolerance) {}

  /**
   * @param addresses of the nodes, for a home that this client may share with others
   * @param number of the client, at which its texts and addresses begin
   */
  LoadClient(Plan plan, List<ClientOptions> addresses, int number) {
    this.plan = plan;
    this.addresses = addresses;
    this.clients = new ArrayList<>();
    addresses.forEach(each -> clients.add(null));
    this.first = number;
    this.turn = number;
  }

  /**
   * Makes keys and session, or finds those of its home.
   *
   * @throws ClientException if no session could be made
   */
  void prepare() {
    model(first % addresses.size()).prepare();
  }

  /**
   * Asks once.
   *
   * @param due when the request was to begin, from which its time counts
   */
  void ask(long due, LoadOutcomes outcomes) throws InterruptedException {
    String text = plan.texts().get(turn % plan.texts().size());
    int address = turn++ % addresses.size();
    try {
      ClientModel model = model(address);
      EncodedQuestion tokens = model.tokens(new Question.Text(text));
      Answer answer = model.ask(tokens);
      long nanos = System.nanoTime() - due;
      outcomes.answer(nanos, difference(tokens, answer), plan.tolerance());
    } catch (ClientException e) {
      outcomes.refusal(System.nanoTime() - due, reason(e), String.valueOf(e.getMessage()));
      TimeUnit.MILLISECONDS.sleep(REFUSED_MILLIS);
    }
  }

  private ClientModel model(int address) {
    CipherstreamClient open = clients.get(address);
    if (open == null) {
      open = CipherstreamClient.connect(addresses.get(address));
      clients.set(address, open);
    }
    return open.model(plan.model(), plan.mode());
  }

  private double difference(EncodedQuestion tokens, Answer answer) {
    if (plan.plain().isEmpty()) {
      return Double.NaN;
    }
    double[] expected =
        plan.plain().get().runRows(tokens.tokens().ids(), tokens.tokens().segments())[0];
    List<Double> got = answer.rows().get(0);
    double most = got.size() == expected.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(expected.length, got.size()); i++) {
      most = Math.max(most, Math.abs(expected[i] - got.get(i)));
    }
    return most;
  }

  /** The last word of the appliance's problem, or the kind of what went wrong. */
  private static String reason(ClientException e) {
    return e instanceof ServerProblemException refused
        ? refused.problem().slug()
        : e.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public void close() {
    for (CipherstreamClient open : clients) {
      if (open != null) {
        open.close();
      }
    }
  }
}
