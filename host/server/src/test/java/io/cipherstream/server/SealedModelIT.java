package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.sealed.RandomSealed;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededKey;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.RepositoryLoader;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.WireCiphertext;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sealed model with random weights and real keys: what a request's answer says, and all of it.
 */
@Tag("native")
@Tag("slow")
class SealedModelIT {

  private static final double NOISE = 0x1p-8;

  private final long seed = Long.getLong("cipherstream.seed", System.nanoTime());
  private final RandomSealed sample = new RandomSealed(30, seed);
  private final ExecutorService workers = Executors.newFixedThreadPool(2);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    workers.shutdown();
  }

  /** A session with real keys. */
  private record Asker(
      TestClient client, SealClient keys, InferencePlan plan, ModelPackage model, long seed) {

    /** All slots of each output, and the outputs that they should hold. */
    List<double[]> ask(int[] ids) throws Exception {
      InferCall call = new InferCall(client, new SplittableRandom(seed + Arrays.hashCode(ids)));
      call.path = "/v2/models/own/infer";
      call.envelopes.clear();
      TokenSequence tokens = TokenSequence.of(ids);
      List<double[]> slots = new ClientRun(plan, model.client().embeddings(), tokens).inputs();
      for (int i = 0; i < slots.size(); i++) {
        CiphertextSpec spec = plan.inputs().get(i);
        ByteBuffer c0 =
            ByteBuffer.allocateDirect(8 * spec.limbs() * plan.parameters().degree())
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] from = keys.encryptSeeded(slots.get(i), spec.limbs(), spec.scale(), c0);
        call.envelopes.add(
            client.ciphertext(new EnvelopePosition(call.id, -1, i), spec, from, c0.flip()));
      }
      call.tensors();
      call.parameters().put("tokenClass", plan.tokenClass()).put("planDigest", plan.digestHex());
      InferCall.Answer answer = call.send();
      if (answer.status() != 200) {
        throw new AssertionError(answer.problem().encode());
      }
      List<byte[]> tensors = answer.tensors();
      List<double[]> out = new java.util.ArrayList<>();
      for (int i = 0; i < tensors.size(); i++) {
        out.add(decrypted(tensors.get(i), new EnvelopePosition(call.id, 0, i), i));
      }
      return out;
    }

    private double[] decrypted(byte[] envelope, EnvelopePosition place, int index) {
      CiphertextSpec spec = plan.result().get(index);
      try (WireCiphertext words =
          new EnvelopeReader(client.wire, PooledByteBufAllocator.DEFAULT)
              .ciphertext(Unpooled.wrappedBuffer(envelope), place, spec.limbs(), spec.scale())) {
        return keys.decrypt(words.words(), 2, spec.limbs(), spec.scale());
      }
    }
  }

  private interface Use {
    void of(Asker asker) throws Exception;
  }

  private void serve(int classes, double noise, Use use) throws Exception {
    System.out.println("SealedModelIT seed " + seed);
    Path models = folder.resolve("models");
    sample.write("own", classes, models);
    ModelPackage found = new ModelRepository(List.of(models)).find("own");
    InferencePlan plan = ModelPlans.of(found.manifest(), InferenceMode.SEALED).get(0);
    ServerConfig config =
        ConfigLoader.load(
            null,
            Map.of(),
            Map.of(
                "generateApiKey",
                "true",
                "dataDirectory",
                "'" + folder.resolve("data") + "'",
                "modelDirectories",
                "['" + models + "']",
                "compute.warmUp",
                "false",
                "compute.answerNoise",
                String.valueOf(noise),
                "compute.engine",
                "seal-limb"));
    CkksParameters set = plan.parameters();
    try (RepositoryLoader loader = new RepositoryLoader(config, workers);
        TestServer server = new TestServer(folder.resolve("data"), loader);
        SealClient keys = SealClient.generate(set)) {
      TestClient client = server.client(TestServer.KEY_A);
      SeededKey publicKey = keys.publicKey();
      client.parameters = set;
      client.publicSeed = publicKey.seeds().get(0);
      client.publicWords = publicKey.c0();
      client.createSession(client.newSession("own").put("modes", new JsonArray().add("sealed")));
      RealModelIT.upload(client, keys);
      use.of(new Asker(client, keys, plan, found, seed));
      assertThat(client.get("/metrics").body())
          .contains("he_inference_requests_total{model=\"own\",outcome=\"ok\"")
          .doesNotContain("he_engine_fallbacks_total");
    }
  }

  private double plain(ModelPackage model, int[] ids, int output) {
    double[] logits = SealedPackage.of(model).plaintext().run(model.client().embeddings(), ids);
    return logits.length == 2 ? logits[1] - logits[0] : logits[output];
  }

  private static double mean(double[] slots) {
    return Arrays.stream(slots).average().orElseThrow();
  }

  private static double deviation(double[] slots, double from) {
    return Math.sqrt(
        Arrays.stream(slots).map(slot -> (slot - from) * (slot - from)).average().orElseThrow());
  }

  /** Of two classes one number comes back, and every slot says it, give or take noise. */
  @Test
  void everySlotSaysTheAnswerAloneAndIsFlooded() throws Exception {
    serve(
        2,
        NOISE,
        asker -> {
          assertThat(asker.plan().result()).as("outputs of two classes").hasSize(1);
          assertThat(asker.plan().result().get(0).limbs()).as("the lowest level").isEqualTo(1);
          for (int i = 0; i < 3; i++) {
            int[] ids = sample.text(1 + i * 3);
            double plain = plain(asker.model(), ids, 0);
            double[] slots = asker.ask(ids).get(0);
            assertThat(mean(slots)).as("seed %d", seed).isCloseTo(plain, within(6 * NOISE));
            assertThat(deviation(slots, mean(slots)))
                .as("one slot's noise, σ·√(N/2), seed %d", seed)
                .isCloseTo(NOISE * 64, within(NOISE * 64 / 10));
            double worst = 0;
            for (double slot : slots) {
              worst = Math.max(worst, Math.abs(slot - plain));
            }
            assertThat(worst).as("seed %d", seed).isLessThan(NOISE * 64 * 7);
          }
        });
  }

  /** Without noise the same slots show how little else there was. */
  @Test
  void withoutNoiseEverySlotSaysTheAnswerToo() throws Exception {
    serve(
        3,
        0,
        asker -> {
          int[] ids = sample.text(7);
          List<double[]> outputs = asker.ask(ids);
          assertThat(outputs).as("one a class").hasSize(3);
          for (int j = 0; j < 3; j++) {
            double[] slots = outputs.get(j);
            double plain = plain(asker.model(), ids, j);
            System.out.printf(
                "output %.5f: error of the mean %.1e, of a slot %.1e%n",
                plain, mean(slots) - plain, deviation(slots, plain));
            assertThat(mean(slots)).as("seed %d", seed).isCloseTo(plain, within(1e-3));
            assertThat(deviation(slots, plain)).as("seed %d", seed).isLessThan(1e-2);
          }
        });
  }
}
