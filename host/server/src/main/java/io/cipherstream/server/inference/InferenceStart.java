package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.InferenceBytes;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.serving.SessionPlans;
import io.cipherstream.server.serving.StoredTrack;
import io.cipherstream.server.session.InferenceClaim;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.transformer.AgreedPlan;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The session, plan and keys for an inference, checked in the same way whatever carries its
 * messages.
 *
 * @param required keys that the session must have, all of which it has stored
 * @param tracks stored ones that it computes on
 */
record InferenceStart(
    Session session,
    ServedModel model,
    AgreedPlan plan,
    RequiredKeys required,
    List<StoredTrack> tracks,
    StartMessage message) {

  /**
   * What an inference holds until it ends.
   *
   * @param answer of a mode without rounds, whose answers are counted; null for others
   */
  record Rights(Admission.Permit permit, InferenceClaim claim, AnswerBudget.@Nullable Answer answer)
      implements AutoCloseable {

    /** Completes when the id, and the answer if it is counted, are on disk. */
    CompletionStage<Void> recorded() {
      AnswerBudget.Answer counted = answer;
      return counted == null
          ? claim.recorded()
          : claim.recorded().thenCompose(id -> counted.recorded());
    }

    /** The answer is about to be sent. */
    void used() {
      if (answer != null) {
        answer.given();
      }
    }

    @Override
    public void close() {
      try (permit;
          claim;
          answer) {
        return;
      }
    }
  }

  /**
   * Chooses model and plan.
   *
   * @param rounds whether what carries the messages has rounds
   * @param trackIds of the tracks that the client names
   * @throws ProblemException if the appliance is not ready, the session was removed, the plan is
   *     not one of the session's or needs the other carrier, or a key or a track is missing
   */
  static InferenceStart of(
      InferenceServices services,
      Session session,
      StartMessage message,
      boolean rounds,
      List<String> trackIds) {
    services.catalog().requireReady();
    // Deleted or expired since the connection was opened?
    services.registry().require(session.tenant(), session.id());
    ServedModel model = services.catalog().require(session.info().model());
    List<AgreedPlan> plans =
        SessionPlans.choose(
            model,
            session.info().parametersDigest(),
            session.info().modes(),
            session.info().tokenClasses());
    AgreedPlan plan =
        SessionPlans.one(model, plans, message.mode(), message.tokenClass(), message.planDigest());
    if (plan.rounds().isEmpty() == rounds) {
      throw otherDoor(model, message.mode(), rounds);
    }
    RequiredKeys required = new RequiredKeys(session.parameters(), plans);
    requireKeys(required, session);
    List<StoredTrack> tracks =
        services.tracks().named(session.tenant(), trackIds, model.tracks(plan), plan.tokenClass());
    return new InferenceStart(session, model, plan, required, tracks, message);
  }

  private static ProblemException otherDoor(ServedModel model, String mode, boolean rounds) {
    String request = "POST /v2/models/" + model.name() + "/infer";
    return ProblemException.of(
        ProblemType.MODE_UNSUPPORTED,
        rounds ? "mode '" + mode + "' on a WebSocket" : "mode '" + mode + "' in one request",
        rounds ? "a mode with rounds" : "a mode without rounds",
        rounds
            ? "ask with " + request + ", which takes all inputs and answers once"
            : "ask on the session's WebSocket, which carries the rounds");
  }

  private static void requireKeys(RequiredKeys required, Session session) {
    List<String> missing = SessionRegistry.missing(required, session);
    if (!missing.isEmpty()) {
      throw ProblemException.of(
              ProblemType.KEY_MISSING,
              "a session without the keys " + missing.subList(0, Math.min(10, missing.size())),
              "all " + required.labels().size() + " keys that requiredKeys list",
              "upload the missing keys")
          .with("missingKeys", missing);
    }
  }

  /**
   * Admits and makes the inference, ready to {@link ActiveInference#begin}. Its id is then used up.
   *
   * @throws ProblemException if the tenant or the appliance is at a limit, or the id is not new
   */
  ActiveInference admit(
      InferenceServices services,
      Context context,
      EnvelopeSender sender,
      ActiveInference.Listener listener,
      InferenceTrace trace) {
    Admission.Permit permit =
        services.admission().acquire(session.tenant(), InferenceBytes.most(plan));
    AnswerBudget.Answer answer = null;
    ModelCatalog.Use use = null;
    InferenceClaim claim;
    try {
      use = services.catalog().use(model);
      services.usage().requireRest(session.tenant());
      if (plan.rounds().isEmpty() && model.secret()) {
        answer = services.answers().take(session.tenant(), model.name(), plan.answers());
      }
      claim = services.registry().claim(session, message.inference());
    } catch (ProblemException e) {
      permit.close();
      if (answer != null) {
        answer.close();
      }
      if (use != null) {
        use.close();
      }
      throw e;
    }
    services.usage().begun(session.tenant());
    context.executeBlocking(
        () -> {
          services.registry().touch(session);
          return null;
        },
        false);
    return new ActiveInference(
        services, context, sender, listener, this, new Rights(permit, claim, answer), use, trace);
  }
}
