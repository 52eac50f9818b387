package io.cipherstream.client;

/** The appliance refused a request and said why. */
public final class ServerProblemException extends ClientException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ServerProblemException(Problem problem) {
    super(kindOf(problem), problem.slug() + " (" + problem.status() + "): " + problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  private static Kind kindOf(Problem problem) {
    return switch (problem.slug()) {
      case "model-unknown" -> Kind.MODEL_UNKNOWN;
      case "mode-unsupported" -> Kind.MODE_UNSUPPORTED;
      case "deadline-exceeded" -> Kind.TIMEOUT;
      default -> Kind.REFUSED;
    };
  }
}
