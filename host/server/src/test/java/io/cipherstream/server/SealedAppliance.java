package io.cipherstream.server;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A running appliance with a CQ of random weights, and a client with real keys and a session. */
final class SealedAppliance implements AutoCloseable {

  /**
   * What encryption alone may move an output by. In 720 outputs of 80 such models the errors had a
   * root mean square of 1.0e-3, and the largest was 3.5e-3.
   */
  static final double ERROR_MAX = 1e-2;

  final TestServer server;
  final TestClient client;
  final SealClient keys;
  final InferencePlan plan;
  final ModelPackage model;
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final RepositoryLoader loader;

  /**
   * @param folder for the model and the appliance's data
   * @param noise of answers
   * @param engine as in {@code compute.engine}
   */
  SealedAppliance(Path folder, RandomSealed sample, int classes, double noise, String engine)
      throws Exception {
    Path models = folder.resolve("models");
    sample.write("own", classes, models);
    model = new ModelRepository(List.of(models)).find("own");
    plan = ModelPlans.of(model.manifest(), InferenceMode.SEALED).get(0);
    loader = new RepositoryLoader(config(folder, models, noise, engine), workers);
    server = new TestServer(folder.resolve("data"), loader, "limits.inferencesPerTenantMax=8");
    keys = SealClient.generate(plan.parameters());
    client = server.client(TestServer.KEY_A);
    SeededKey publicKey = keys.publicKey();
    client.parameters = plan.parameters();
    client.publicSeed = publicKey.seeds().get(0);
    client.publicWords = publicKey.c0();
    client.createSession(client.newSession("own").put("modes", new JsonArray().add("sealed")));
    RealModelIT.upload(client, keys);
  }

  private static ServerConfig config(Path folder, Path models, double noise, String engine) {
    Map<String, String> settings = new HashMap<>();
    settings.put("generateApiKey", "true");
    settings.put("dataDirectory", "'" + folder.resolve("data") + "'");
    settings.put("modelDirectories", "['" + models + "']");
    settings.put("compute.warmUp", "false");
    settings.put("compute.answerNoise", String.valueOf(noise));
    settings.put("compute.engine", engine);
    return ConfigLoader.load(null, Map.of(), settings);
  }

  /** The slots that a client encrypts of a text. */
  List<double[]> inputs(int[] ids) {
    return new ClientRun(plan, model.client().embeddings(), TokenSequence.of(ids)).inputs();
  }

  /** Fresh encryptions of an input's slots, as words and seed. */
  record Encrypted(byte[] seed, ByteBuffer c0) {}

  List<Encrypted> encrypt(List<double[]> slots) {
    List<Encrypted> encrypted = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      CiphertextSpec spec = plan.inputs().get(i);
      ByteBuffer c0 =
          ByteBuffer.allocateDirect(8 * spec.limbs() * plan.parameters().degree())
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] seed = keys.encryptSeeded(slots.get(i), spec.limbs(), spec.scale(), c0);
      encrypted.add(new Encrypted(seed, c0.flip()));
    }
    return encrypted;
  }

  /** A request with these encryptions and a fresh id. */
  InferCall call(List<Encrypted> inputs, long seed) {
    InferCall call = new InferCall(client, new SplittableRandom(seed));
    call.path = "/v2/models/own/infer";
    call.envelopes.clear();
    for (int i = 0; i < inputs.size(); i++) {
      Encrypted input = inputs.get(i);
      EnvelopePosition place = new EnvelopePosition(call.id, -1, i);
      call.envelopes.add(
          client.ciphertext(place, plan.inputs().get(i), input.seed(), input.c0().duplicate()));
    }
    call.tensors();
    call.parameters().put("tokenClass", plan.tokenClass()).put("planDigest", plan.digestHex());
    return call;
  }

  InferCall call(int[] ids, long seed) {
    return call(encrypt(inputs(ids)), seed + Arrays.hashCode(ids));
  }

  /** All slots of each output. */
  List<double[]> decrypted(InferCall call, InferCall.Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError(answer.problem().encode());
    }
    List<byte[]> tensors = answer.tensors();
    List<double[]> slots = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      CiphertextSpec spec = plan.result().get(i);
      EnvelopePosition place = new EnvelopePosition(call.id, 0, i);
      try (WireCiphertext words =
          new EnvelopeReader(client.wire, PooledByteBufAllocator.DEFAULT)
              .ciphertext(
                  Unpooled.wrappedBuffer(tensors.get(i)), place, spec.limbs(), spec.scale())) {
        slots.add(keys.decrypt(words.words(), 2, spec.limbs(), spec.scale()));
      }
    }
    return slots;
  }

  /** All slots of each output for a text. */
  List<double[]> ask(int[] ids, long seed) throws Exception {
    InferCall call = call(ids, seed);
    return decrypted(call, call.send());
  }

  /** What the plain model answers: the difference of two logits, or one of several. */
  double plain(int[] ids, int output) {
    double[] logits = SealedPackage.of(model).plaintext().run(model.client().embeddings(), ids);
    return logits.length == 2 ? logits[1] - logits[0] : logits[output];
  }

  String metrics() {
    return client.get("/metrics").body();
  }

  @Override
  public void close() {
    try (loader;
        server;
        keys) {
      workers.shutdown();
    }
  }
}
