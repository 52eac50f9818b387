package io.cipherstream.gateway.serving;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A model that questions can be put to. Thread-safe. */
public interface AnsweringModel {

  String name();

  /** Empty until its client package has been fetched from an appliance. */
  Optional<ModelFacts> facts();

  /** Whether an appliance that has this client's keys answered lately. */
  boolean ready();

  /**
   * Asks. The future fails with a {@link GatewayProblem}, or with the exception of a defect.
   * Cancelling it takes a question that is still waiting out of the queue.
   */
  CompletableFuture<ModelAnswer> ask(Question question, Truncation truncation);
}
