package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.KeyDigits;
import io.cipherstream.wire.KeyPieces;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Makes and sends the keys of a session, seeded and bit-packed, as many at a time as there are
 * workers. Each is streamed digit by digit and freed before the next one is made; one whose
 * connection breaks goes on where it broke.
 */
final class KeySender {

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final SessionRecord session;
  private final ClientKeys keys;
  private final EnvelopeWriter writer;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean refused = new AtomicBoolean();
  private final AtomicInteger done = new AtomicInteger();

  KeySender(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      SessionRecord session,
      ClientKeys keys,
      ByteBufAllocator alloc) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.session = session;
    this.keys = keys;
    this.writer =
        new EnvelopeWriter(session.wire(keys.parameters()), WordPacking.BIT_PACKED, alloc);
  }

  /** Sends the public key and the others of a new session; returns the bytes sent. */
  long run(ClientKeys.PublicKey publicKey, KeyRequirements requirements) {
    List<KeySpec> specs = specs(requirements);
    int total = specs.size() + 1;
    KeySpec publicSpec = KeySpec.publicKey(keys.parameters());
    JsonNode first = put(publicSpec, publicKey.digits(), total);
    return all(specs, total, first.path("ready").asBoolean(false));
  }

  /**
   * Makes some switching keys again and sends them; returns the bytes sent.
   *
   * @param labels of keys that the requirements name
   */
  long resend(Set<String> labels, KeyRequirements requirements) {
    List<KeySpec> specs =
        specs(requirements).stream().filter(spec -> labels.contains(spec.label())).toList();
    return all(specs, specs.size(), false);
  }

  /** The switching keys of a plan, without the public key. */
  static List<KeySpec> specs(KeyRequirements requirements) {
    List<KeySpec> specs = new ArrayList<>();
    if (requirements.relinearizationLimbs() > 0) {
      specs.add(KeySpec.relinearization(requirements.relinearizationLimbs()));
    }
    requirements.rotationLimbs().forEach((step, limbs) -> specs.add(KeySpec.rotation(step, limbs)));
    return specs;
  }

  private long all(List<KeySpec> specs, int total, boolean readyBefore) {
    List<Future<JsonNode>> running = new ArrayList<>();
    Context span = Context.current();
    for (KeySpec spec : specs) {
      running.add(workers.submit(span.wrap(() -> makeAndPut(spec, total))));
    }
    boolean ready = readyBefore;
    for (JsonNode answer : Workers.all(running)) {
      ready |= answer.path("ready").asBoolean(false);
    }
    if (!ready) {
      throw new ClientException(
          Kind.PROTOCOL, "the appliance has every key of the plan and still is not ready");
    }
    return bytes.get();
  }

  private JsonNode makeAndPut(KeySpec spec, int total) {
    if (refused.get()) {
      return MissingNode.getInstance();
    }
    try {
      return put(spec, keys.switchingKey(spec.step(), spec.limbs()), total);
    } catch (RuntimeException e) {
      refused.set(true);
      throw e;
    }
  }

  private JsonNode put(KeySpec spec, KeyDigits digits, int total) {
    Supplier<KeyPieces> pieces = () -> writer.key(spec, digits);
    long length = pieces.get().length();
    JsonNode answer =
        http.upload(
            "/v2/sessions/" + session.id() + "/keys/" + spec.label(),
            () -> new KeyStream(pieces.get()),
            length,
            UUID.randomUUID().toString());
    bytes.addAndGet(length);
    options.progress().progress("uploading keys", done.incrementAndGet(), total);
    return answer;
  }
}
