package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededKey;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.RepositoryLoader;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.EnvelopeKind;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.KeyDigits;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real model on every kind of engine with real keys: what the client decrypts is the plaintext
 * answer.
 */
@Tag("native")
@Tag("slow")
class RealModelIT {

  private static final InferencePlan PLAN = EmbeddedModel.plan(InferenceMode.PAPER, 16);
  private static final ModelPackage PACKAGE = EmbeddedModel.tiny();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"seal", "seal-limb", "opencl"})
  void twoTenantsAtOnceGetTheRightAnswers(String engine) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(2);
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
                "['" + EmbeddedModel.folder() + "']",
                "models",
                "['" + EmbeddedModel.TINY + "']",
                "compute.warmUp",
                "false",
                "compute.engine",
                engine,
                "compute.crossCheckRate",
                "0.05"));
    try (RepositoryLoader loader = new RepositoryLoader(config, workers);
        TestServer server = new TestServer(folder.resolve("data"), loader)) {
      CompletableFuture<double[]> one =
          CompletableFuture.supplyAsync(
              () -> classify(server.client(TestServer.KEY_A), "a warm and funny film ."));
      CompletableFuture<double[]> two =
          CompletableFuture.supplyAsync(
              () -> classify(server.client(TestServer.KEY_B), "dull , and far too long ."));
      check("a warm and funny film .", one.get());
      check("dull , and far too long .", two.get());
      String metrics =
          server.client(TestServer.KEY_A).send("GET", "/metrics", BodyPublishers.noBody()).body();
      String tag = "engine=\"" + engine;
      assertThat(metrics)
          .contains("he_compute_seconds_count{" + tag)
          .contains("he_operation_seconds_count{" + tag)
          .doesNotContainPattern("he_engine_fallbacks_total\\{[^}]*} [1-9]")
          .doesNotContainPattern("outcome=\"different\"} [1-9]");
      if (engine.equals("seal")) {
        assertThat(metrics)
            .contains("he_operation_seconds_count{engine=\"seal\",limbs=\"1\",op=\"rotate\"}")
            .contains(
                "he_operation_terms_total{engine=\"seal\",limbs=\"3\",op=\"multiply-plain\"}");
      } else {
        assertThat(metrics)
            .contains("op=\"baby-giant\"")
            .containsPattern(
                "he_engine_cross_checks_total\\{" + tag + "[^}]*outcome=\"same\"} [1-9]");
      }
    } finally {
      workers.shutdown();
    }
  }

  private static void check(String text, double[] logits) {
    double[] expected =
        PACKAGE
            .plaintext(PlaintextTransformer.Reciprocal.HINGES)
            .run(PACKAGE.client().tokenizer().encode(text));
    assertThat(logits).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(logits[i]).as("logit %d of '%s'", i, text).isCloseTo(expected[i], within(1e-2));
    }
  }

  private static double[] classify(TestClient client, String text) {
    try (SealClient keys = SealClient.generate(PLAN.parameters())) {
      SeededKey publicKey = keys.publicKey();
      client.parameters = PLAN.parameters();
      client.publicSeed = publicKey.seeds().get(0);
      client.publicWords = publicKey.c0();
      client.createSession(
          client
              .newSession(EmbeddedModel.TINY)
              .put("modes", new JsonArray().add("paper"))
              .put("tokenClasses", new JsonArray().add(16)));
      upload(client, keys);
      return infer(
          client,
          keys,
          new ClientRun(
              PLAN, PACKAGE.client().embeddings(), PACKAGE.client().tokenizer().encode(text)));
    }
  }

  static void upload(TestClient client, SealClient keys) {
    long bytes = 0;
    long nanos = 0;
    for (KeySpec spec : client.requiredKeys()) {
      byte[] envelope =
          spec.kind() == EnvelopeKind.PUBLIC_KEY
              ? client.keyEnvelope(spec)
              : envelope(
                  client,
                  spec,
                  spec.kind() == EnvelopeKind.ROTATION_KEY
                      ? keys.rotationKey(spec.step(), spec.limbs())
                      : keys.relinearizationKey(spec.limbs()));
      long started = System.nanoTime();
      var put = client.putKey(spec.label(), envelope);
      nanos += System.nanoTime() - started;
      bytes += envelope.length;
      assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    }
    System.out.printf(
        "%d keys, %.1f MB, uploaded one by one at %.0f MB/s%n",
        client.requiredKeys().size(), bytes / 1e6, bytes * 1e3 / nanos);
  }

  private static byte[] envelope(TestClient client, KeySpec spec, SeededKey key) {
    int digitBytes = key.c0().remaining() / key.seeds().size();
    KeyDigits digits =
        new KeyDigits() {
          @Override
          public byte[] seed(int digit) {
            return key.seeds().get(digit);
          }

          @Override
          public ByteBuffer c0Words(int digit) {
            return key.c0().slice(key.c0().position() + digit * digitBytes, digitBytes);
          }
        };
    return TestClient.bytes(
        new EnvelopeWriter(client.wire, WordPacking.BIT_PACKED, PooledByteBufAllocator.DEFAULT)
            .key(spec, digits)
            .toBuffer());
  }

  private static double[] infer(TestClient client, SealClient keys, ClientRun run) {
    try (TestSocket s = client.socket()) {
      s.start(s.startMessage("paper", 16, PLAN.digestHex()));
      s.text("accepted");
      long started = System.nanoTime();
      send(s, keys, -1, PLAN.inputs(), run.inputs());
      for (Round round : PLAN.rounds()) {
        s.text("round");
        List<double[]> down = receive(s, keys, round.index(), round.down());
        send(s, keys, round.index(), round.up(), run.answer(round.index(), down));
      }
      JsonObject result = s.text("result");
      double[] logits = run.finish(receive(s, keys, PLAN.rounds().size(), PLAN.result()))[0];
      System.out.printf(
          "%d rounds, %.2f s in all, %s%n",
          PLAN.rounds().size(), (System.nanoTime() - started) / 1e9, result.encode());
      return logits;
    }
  }

  private static void send(
      TestSocket s, SealClient keys, int round, List<CiphertextSpec> specs, List<double[]> slots) {
    CkksParameters parameters = PLAN.parameters();
    for (int i = 0; i < specs.size(); i++) {
      CiphertextSpec shape = specs.get(i);
      ByteBuffer c0 =
          ByteBuffer.allocateDirect(8 * shape.limbs() * parameters.degree())
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] seed = keys.encryptSeeded(slots.get(i), shape.limbs(), shape.scale(), c0);
      c0.flip();
      s.send(s.envelope(round, i, shape, c0, seed));
    }
  }

  private static List<double[]> receive(
      TestSocket s, SealClient keys, int round, List<CiphertextSpec> specs) {
    List<double[]> slots = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      CiphertextSpec shape = specs.get(i);
      slots.add(keys.decrypt(s.directCiphertext(round, i, shape), 2, shape.limbs(), shape.scale()));
    }
    return slots;
  }
}
