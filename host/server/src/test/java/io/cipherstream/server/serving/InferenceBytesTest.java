package io.cipherstream.server.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.InferencePlan;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an inference is admitted with, against what its program is known to hold. */
class InferenceBytesTest {

  private static final ModelShape SHAPE =
      new ModelShape(
          2,
          128,
          2,
          512,
          64,
          30,
          Activation.QUADRATIC,
          AttentionKind.POWER,
          NormKind.AFFINE,
          Pooling.CLS,
          Head.CLASSES,
          List.of("negative", "positive"),
          0,
          Pooler.NONE,
          1e-12);

  private static List<InferencePlan> plans(String spec) {
    return switch (spec) {
      case "CQ" -> InferencePlan.sealed(SHAPE, CkksParameters.N8192_SEALED);
      case "AA" -> deep(spec, CkksParameters.N32768_SEALED);
      default -> deep(spec, CkksParameters.N16384_SEALED);
    };
  }

  private static List<InferencePlan> deep(String spec, CkksParameters set) {
    return InferencePlan.deep(SHAPE, SealedSpec.parse(spec), RandomEncoder.SENTINELS, 1e4, set);
  }

  /**
   * What came is kept while the program runs, and the answer is taken while its own copy is open.
   */
  @ParameterizedTest
  @ValueSource(strings = {"CQ", "CP", "CS", "CA", "AA"})
  void coversWhatTheProgramHolds(String spec) {
    List<InferencePlan> plans = plans(spec);
    assertThat(plans).hasSizeGreaterThan(1);
    for (InferencePlan plan : plans) {
      long limb = 2L * Long.BYTES * plan.parameters().degree();
      long open = plan.agreed().words() * Long.BYTES;
      long kept = limbs(plan.inputs()) * limb;
      long sent = limbs(plan.result()) * limb;
      long counted = InferenceBytes.most(plan.agreed());
      System.out.printf(
          "%s, %d tokens: %d MiB counted, %d limbs open%n",
          spec, plan.tokenClass(), counted >> 20, open / limb);
      assertThat(open).isPositive();
      assertThat(counted).as("%d tokens", plan.tokenClass()).isGreaterThan(open + kept + sent);
    }
  }

  private static long limbs(List<CiphertextSpec> specs) {
    return specs.stream().mapToLong(CiphertextSpec::limbs).sum();
  }
}
