package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.model.ModelException;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.network.NetworkPlan;
import io.cipherstream.network.QuestionRows;
import io.cipherstream.transformer.KeyRequirements;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * A network of polynomials of the appliance's. The appliance sees how many requests there are, not
 * how many questions are in one. One call runs at a time.
 */
public final class NetworkClient implements AutoCloseable {

  private final NetworkDescription description;
  private final NetworkPlan plan;
  private final QuestionRows rows;
  private final KeyedSession session;
  private final RoundlessRequests requests;

  private NetworkClient(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription model,
      NetworkDescription description) {
    this.description = description;
    this.plan = description.plan();
    this.rows = new QuestionRows(plan);
    this.session =
        new KeyedSession(
            http,
            options,
            plan.parameters(),
            keys ->
                new SessionOpener(
                    http,
                    options,
                    workers,
                    model,
                    List.of(plan.label()),
                    List.of(plan.size()),
                    new KeyRequirements(plan.rotationLimbs(), plan.relinearizationLimbs()),
                    keys));
    this.requests = new RoundlessRequests(http, options, workers, model.name(), session);
  }

  static NetworkClient open(
      ApplianceHttp http, ClientOptions options, ExecutorService workers, String name) {
    ModelDescription model = ModelDescription.fetch(http, name);
    return new NetworkClient(http, options, workers, model, description(http, model));
  }

  /** network.json, whose digest the appliance has announced. */
  private static NetworkDescription description(ApplianceHttp http, ModelDescription model) {
    if (!model.network()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "model '" + model.name() + "' takes texts, not rows of numbers: use classify or embed");
    }
    try (InputStream in = http.download("/v2/models/" + model.name() + "/client-package")) {
      byte[] json = in.readNBytes(NetworkDescription.BYTES_MAX + 1);
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
      if (!digest.equals(model.clientPackageDigest())) {
        throw new ClientException(
            Kind.PROTOCOL,
            "the description of "
                + model.name()
                + " has SHA-256 "
                + digest
                + ", the appliance announced "
                + model.clientPackageDigest());
      }
      return NetworkDescription.parse(json);
    } catch (ModelException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the description of " + model.name() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ClientException(Kind.UNREACHABLE, "the description did not arrive: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Sizes, degrees and labels. */
  public NetworkDescription description() {
    return description;
  }

  /**
   * Answers.
   *
   * @param answers one for each question
   * @param reports one for each request
   */
  public record Predictions(
      List<QuestionRows.Values> answers, List<RequestReport> reports, List<String> warnings) {}

  /**
   * Asks questions, as many in a request as it has rows.
   *
   * @throws ModelException of kind SHAPE or VALUE for a question that the network does not take,
   *     before any is sent
   * @throws ClientException of any kind
   */
  public synchronized Predictions predict(List<double[]> questions) {
    for (int q = 0; q < questions.size(); q++) {
      rows.check(questions.get(q), "row " + (q + 1));
    }
    Predictions all = new Predictions(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int from = 0; from < questions.size(); from += plan.size()) {
      List<double[]> some = questions.subList(from, Math.min(questions.size(), from + plan.size()));
      RoundlessRequests.Asked asked = requests.ask(plan, List.of(), () -> rows.slots(some));
      all.answers().addAll(rows.answers(asked.slots().get(0), some.size()));
      all.reports().add(asked.report());
      all.warnings().addAll(asked.warnings());
    }
    return all;
  }

  @Override
  public synchronized void close() {
    session.close();
  }
}
