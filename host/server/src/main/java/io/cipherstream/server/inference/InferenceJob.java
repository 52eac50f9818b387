package io.cipherstream.server.inference;

import io.cipherstream.server.jobs.Job;
import io.cipherstream.server.jobs.Jobs;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.tenant.AuditEntry;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.Round;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An inference that outlives the request that brought its inputs: its answer goes to the job. A
 * request that breaks off before all inputs are there ends it. Confined to the request's context,
 * but for what {@link InferenceHolder} says.
 */
public final class InferenceJob implements ActiveInference.Listener, InferenceHolder {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceJob.class);
  private static final String OK = "ok";

  private final InferenceServices services;
  private final Context context;
  private final Jobs jobs;
  private final Job job;
  private final ServedModel model;
  private final Session session;
  private final AuditEntry asked;
  private final EnvelopeSender sender;
  private final Buffer answer = Buffer.buffer();
  private int headerBytes;
  private ActiveInference.@Nullable Listener carrier;
  private Runnable whenOver = () -> {};
  private volatile @Nullable ActiveInference active;
  private volatile boolean busy = true;

  /**
   * @param carrier the request that brings the inputs
   * @param asked its entry in the audit log
   */
  InferenceJob(
      InferenceServices services,
      Context context,
      Job job,
      ServedModel model,
      Session session,
      ActiveInference.Listener carrier,
      AuditEntry asked) {
    this.services = services;
    this.context = context;
    this.jobs = services.jobs();
    this.job = job;
    this.model = model;
    this.session = session;
    this.carrier = carrier;
    this.asked = asked;
    this.sender =
        EnvelopeSender.into(answer::appendBuffer, context, services.limits().frameBytesMax());
  }

  /** Where the answer's envelopes go. */
  EnvelopeSender sender() {
    return sender;
  }

  public Job job() {
    return job;
  }

  /** Sets its inference. */
  void runs(ActiveInference running) {
    active = running;
    job.onCancel(() -> context.runOnContext(v -> cancel()));
  }

  private void cancel() {
    ActiveInference running = active;
    if (running != null) {
      running.cancel();
    }
  }

  /** All inputs are there: it needs its request no longer. */
  void letGo() {
    carrier = null;
  }

  /**
   * @param action run when its inference is over and written, at once if it is already
   */
  public void whenOver(Runnable action) {
    if (busy) {
      whenOver = action;
    } else {
      action.run();
    }
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public boolean isBusy() {
    return busy;
  }

  @Override
  public void end(ProblemException why) {
    context.runOnContext(
        v -> {
          ActiveInference running = active;
          if (running != null) {
            running.fail(why);
          }
        });
  }

  @Override
  public boolean outlivesConnection() {
    return true;
  }

  @Override
  public void accepted(byte[] inference, AgreedPlan plan) {}

  @Override
  public void computing() {
    job.computing();
  }

  @Override
  public void round(Round round, InferenceTimes times, long queuedNanos, long nanos) {
    throw new IllegalStateException("a plan of one request has no rounds");
  }

  @Override
  public void result(byte[] inference, AgreedPlan plan, InferenceTimes times) {
    Buffer header = InferAnswer.header(model, inference, plan, times);
    headerBytes = header.length();
    answer.appendBuffer(header);
  }

  @Override
  public void pause() {
    if (carrier != null) {
      carrier.pause();
    }
  }

  @Override
  public void resume() {
    if (carrier != null) {
      carrier.resume();
    }
  }

  @Override
  public void over(byte[] inference, String outcome) {
    active = null;
    services.audit().add(asked.inference(HexFormat.of().formatHex(inference), outcome));
    if (carrier != null && !outcome.equals(OK)) {
      jobs.drop(job);
    }
    if (outcome.equals("cancelled")) {
      done(); // nobody will be told
    }
  }

  @Override
  public void ended(@Nullable ProblemException problem) {
    ActiveInference.Listener bringing = carrier;
    if (problem == null) {
      write(
          () -> {
            jobs.answer(job, answer.getBytes(), headerBytes);
            return null;
          });
    } else if (bringing != null) {
      done();
      bringing.ended(problem);
    } else {
      write(
          () -> {
            jobs.fail(job, problem);
            return null;
          });
    }
  }

  private void write(Callable<?> writing) {
    context
        .executeBlocking(writing, false)
        .recover(
            e ->
                context.executeBlocking(
                    () -> {
                      LOG.warn("the answer of job {} could not be stored", job.info().id(), e);
                      jobs.fail(job, Failures.toProblem(StorageProblems.of(e), job.info().id()));
                      return null;
                    },
                    false))
        .onComplete(written -> done());
  }

  private void done() {
    busy = false;
    Runnable action = whenOver;
    whenOver = () -> {};
    action.run();
  }
}
