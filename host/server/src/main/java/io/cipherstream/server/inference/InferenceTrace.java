package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * The spans of one inference at the appliance: its admission, and for each round what is received,
 * the wait for a turn, the step with its keys and its engine, and what is sent. One part at a time.
 * Thread-safe, since an inference may be over while a step of it is still computed.
 */
final class InferenceTrace {

  private final Spans spans;
  private final Span whole;
  private final Context inside;
  private Span part = Span.getInvalid();
  private String partName = "";
  private boolean over;

  /**
   * @param parent the client's span, or none, for a trace that begins here
   */
  InferenceTrace(Spans spans, Context parent) {
    this.spans = spans;
    this.whole = spans.span("appliance").setParent(parent).startSpan();
    this.inside = parent.with(whole);
  }

  /**
   * Chooses and admits.
   *
   * @throws ProblemException if it is refused, which ends the trace
   */
  ActiveInference admitting(Supplier<ActiveInference> work) {
    try {
      return Spans.in(spans.span("admission").setParent(inside).startSpan(), work);
    } catch (ProblemException e) {
      ended(e.type().slug());
      throw e;
    } catch (RuntimeException e) {
      ended("internal");
      throw e;
    }
  }

  /** What is computed, by whatever client it was asked. */
  void of(InferenceStart start) {
    whole
        .setAttribute(Spans.MODEL, start.model().name())
        .setAttribute(Spans.MODE, start.plan().mode())
        .setAttribute(Spans.TOKEN_CLASS, (long) start.plan().tokenClass());
  }

  /** A part begins, and the one before ends; nothing happens if it has begun. */
  synchronized void part(String name, int round) {
    if (over || name.equals(partName)) {
      return;
    }
    part.end();
    partName = name;
    part = spans.span(name).setParent(inside).setAttribute(Spans.ROUND, (long) round).startSpan();
  }

  /** Does work within the part that goes on, in a span of its own. */
  <T> T within(String name, Callable<T> work) throws Exception {
    Span span = spans.span(name).setParent(inside.with(current())).startSpan();
    try (Scope current = span.makeCurrent()) {
      return work.call();
    } catch (Exception | Error e) {
      Spans.failed(span, e);
      throw e;
    } finally {
      span.end();
    }
  }

  private synchronized Span current() {
    return part;
  }

  /** It is over; the outcome is {@code ok}, {@code cancelled} or a problem's slug. */
  synchronized void ended(String outcome) {
    over = true;
    part.end();
    if (!outcome.equals("ok")) {
      whole.setStatus(StatusCode.ERROR);
    }
    whole.setAttribute(Spans.OUTCOME, outcome);
    whole.end();
  }
}
