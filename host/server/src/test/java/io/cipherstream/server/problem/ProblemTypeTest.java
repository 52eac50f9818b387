package io.cipherstream.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The contract names every problem with its status. */
class ProblemTypeTest {

  @Test
  void theContractListsEveryType() throws IOException {
    String contract;
    try (InputStream in = ProblemType.class.getResourceAsStream("/openapi.yaml")) {
      assertThat(in).isNotNull();
      contract = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    }
    for (ProblemType type : ProblemType.values()) {
      String named = "`" + type.slug() + "` ";
      assertThat(contract).contains(named);
      String after = contract.substring(contract.indexOf(named) + named.length());
      String status = after.startsWith("(") ? after.substring(after.indexOf(')') + 2) : after;
      assertThat(status).as(named).startsWith(Integer.toString(type.status()));
    }
  }
}
