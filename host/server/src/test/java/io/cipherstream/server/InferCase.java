package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Tests of inferences in one request, written byte by byte as docs/protocol.md says. */
abstract class InferCase extends LoopbackCase {

  final SplittableRandom random =
      new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime()));

  @Override
  String[] settings() {
    return new String[] {
      "limits.requestBytesMax=4096",
      "limits.requestDeadlineSeconds=1",
      "limits.roundDeadlineSeconds=1",
      "limits.inferencesPerTenantMax=2"
    };
  }

  InferCall call() {
    return new InferCall(client, random);
  }

  InferCall.Answer refused(InferCall call, int status, String slug) throws IOException {
    return refused(call.send(), status, slug);
  }

  static InferCall.Answer refused(InferCall.Answer answer, int status, String slug) {
    assertThat(answer.status()).as("status of %s", answer.headers()).isNotZero();
    assertThat(answer.slug()).as(answer.problem().encode()).isEqualTo(slug);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem().getString("requestId"))
        .isEqualTo(answer.headers().get("x-request-id"));
    return answer;
  }

  void refusedJson(Consumer<InferCall> change, String inDetail) throws IOException {
    InferCall call = call();
    change.accept(call);
    assertThat(refused(call, 400, "request-invalid").problem().getString("detail"))
        .contains(inDetail);
  }
}
