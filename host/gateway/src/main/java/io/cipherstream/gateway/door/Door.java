package io.cipherstream.gateway.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.problem.GatewayProblem;

/** One interface that callers speak. */
public interface Door {

  /** For logs and metrics. */
  String name();

  /** Whether a path is this door's, so that its refusals have this door's form. */
  boolean owns(String path);

  /** Adds the door's operations. */
  void mount(Routes routes);

  /** The HTTP status of a refusal. */
  default int status(GatewayProblem problem) {
    return problem.kind().status();
  }

  /** A refusal in the door's form. */
  ObjectNode problem(GatewayProblem problem);
}
