package io.cipherstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.polynomial.Domain;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole networks on ciphertexts: the plaintext pass's answers, under the plan's keys alone. */
@Tag("native")
@Tag("slow")
class EncodedNetworkIT {

  /** Digits by splines, 64 questions at once, on the engine of the host. */
  @Test
  void digitsAreReadEncrypted() {
    DigitsKan.Held held = DigitsKan.held();
    Network network = DigitsKan.converted(15).network();
    List<double[]> questions = held.questions().subList(0, 64);
    List<QuestionRows.Values> answers = encrypted(network, questions, false);
    double worst = 0;
    int right = 0;
    for (int q = 0; q < questions.size(); q++) {
      double[] plain = network.outputs(questions.get(q));
      double[] values = answers.get(q).values();
      assertThat(answers.get(q).inRange()).isTrue();
      for (int j = 0; j < values.length; j++) {
        worst = Math.max(worst, Math.abs(values[j] - plain[j]));
      }
      right += DigitsKan.largest(values) == held.labels()[q] ? 1 : 0;
    }
    System.out.printf("digits encrypted: largest error %.2e, %d of 64 right%n", worst, right);
    assertThat(worst).isLessThan(1e-2);
    assertThat(right).isGreaterThan(57);
  }

  /** Digits by convolution, 32 images at once. */
  @Test
  void imagesAreReadEncrypted() {
    Network network = OnnxLayersTest.converted().network();
    List<double[]> questions = DigitsKan.held().questions().subList(0, 32);
    List<QuestionRows.Values> answers = encrypted(network, questions, false);
    double worst = 0;
    for (int q = 0; q < questions.size(); q++) {
      double[] plain = network.outputs(questions.get(q));
      assertThat(answers.get(q).inRange()).isTrue();
      for (int j = 0; j < 10; j++) {
        worst = Math.max(worst, Math.abs(answers.get(q).values()[j] - plain[j]));
      }
    }
    System.out.printf("images encrypted: largest error %.2e%n", worst);
    assertThat(worst).isLessThan(1e-2);
  }

  /** Small and random, also on SEAL's own evaluator, whose words the engine's must equal. */
  @Test
  void theWordsAreSealsOwn() {
    long seed = System.nanoTime();
    System.out.println("EncodedNetworkIT seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    InputFeatures input = InputFeatures.value(new Domain(-2, 2));
    NetworkShape shape =
        new NetworkShape(
            Collections.nCopies(5, input),
            List.of(new LayerShape(1, 5, 3), new LayerShape(5, 3, 4)));
    Network network =
        new Network(
            shape,
            List.of(random(3, 5, random), NetworkAssembly.watched(random(3, 15, random), shape)));
    List<double[]> questions = new ArrayList<>();
    for (int q = 0; q < 20; q++) {
      questions.add(random.doubles(5, -2, 2).toArray());
    }
    List<QuestionRows.Values> answers = encrypted(network, questions, true);
    for (int q = 0; q < questions.size(); q++) {
      double[] plain = network.outputs(questions.get(q));
      for (int j = 0; j < 3; j++) {
        assertThat(answers.get(q).values()[j])
            .isCloseTo(plain[j], org.assertj.core.api.Assertions.offset(1e-2));
      }
      assertThat(answers.get(q).inRange()).isTrue();
    }
  }

  /** Rows whose magnitudes sum to 1 at most, so that no number leaves [−1, 1]. */
  private static Network.Weights random(int outputs, int columns, SplittableRandom random) {
    double[][] matrix = new double[outputs][];
    double[] bias = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      matrix[j] = random.doubles(columns, -0.9 / columns, 0.9 / columns).toArray();
      bias[j] = random.nextDouble(-0.1, 0.1);
    }
    return new Network.Weights(matrix, bias);
  }

  private static List<QuestionRows.Values> encrypted(
      Network network, List<double[]> questions, boolean compared) {
    NetworkPlan plan = new NetworkPlan(network.shape());
    CkksParameters set = plan.parameters();
    QuestionRows rows = new QuestionRows(plan);
    List<HostCiphertext> request = new ArrayList<>();
    try (SealClient client = SealClient.generate(set);
        SealArithmetic seal = new SealArithmetic(set);
        LimbEngine kernels = new SealEngine(set.ring());
        CkksEvaluator on = new CkksEvaluator(new LimbArithmetic(set, kernels, 1L << 30));
        SealEvaluationKeys keys = keys(plan, client, seal);
        EncodedNetwork encoded = new EncodedNetwork(network, on)) {
      assertThat(encoded.bytes()).isPositive();
      List<double[]> slots = rows.slots(questions);
      for (int i = 0; i < slots.size(); i++) {
        CiphertextForm form = plan.inputs().get(i);
        SeededCiphertext fresh = client.encryptSeeded(slots.get(i), form.limbs(), form.scale());
        request.add(seal.seeded(form.limbs(), form.scale(), fresh.c0(), fresh.seed()));
      }
      long started = System.nanoTime();
      try (HostCiphertext answer = run(encoded, on, keys, request)) {
        System.out.printf(
            "%s, %d rows of %d, %d keys: %.2f s%n",
            set,
            plan.size(),
            network.shape().row(),
            plan.rotationLimbs().size(),
            (System.nanoTime() - started) / 1e9);
        assertThat(answer.form()).isEqualTo(plan.result().get(0));
        assertThat(plan.answers()).isEqualTo(plan.size());
        if (compared) {
          try (CkksEvaluator reference = new CkksEvaluator(new SealArithmetic(set));
              EncodedNetwork own = new EncodedNetwork(network, reference);
              HostCiphertext expected = run(own, reference, keys, request)) {
            assertThat(copy(answer)).isEqualTo(copy(expected));
          }
        }
        double[] decrypted =
            client.decrypt(answer.words(), 2, answer.form().limbs(), answer.form().scale());
        return rows.answers(decrypted, questions.size());
      }
    } finally {
      request.forEach(HostCiphertext::close);
    }
  }

  private static HostCiphertext run(
      EncodedNetwork encoded,
      CkksEvaluator on,
      SealEvaluationKeys keys,
      List<HostCiphertext> request) {
    List<Ciphertext> brought = request.stream().map(on::bring).toList();
    try (Ciphertext answer = encoded.run(on, keys, brought)) {
      return on.take(answer);
    } finally {
      brought.forEach(Ciphertext::close);
    }
  }

  private static SealEvaluationKeys keys(NetworkPlan plan, SealClient client, SealArithmetic seal) {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      SeededKey key = client.relinearizationKey(plan.relinearizationLimbs());
      builder.addRelinearization(key.limbs(), key.seeds(), key.c0());
      plan.rotationLimbs()
          .forEach(
              (step, limbs) -> {
                SeededKey rotation = client.rotationKey(step, limbs);
                builder.addRotation(step, rotation.limbs(), rotation.seeds(), rotation.c0());
              });
      return builder.build();
    }
  }

  private static ByteBuffer copy(HostCiphertext a) {
    ByteBuffer words = a.words();
    ByteBuffer copy = ByteBuffer.allocate(words.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return copy.put(words).flip();
  }
}
