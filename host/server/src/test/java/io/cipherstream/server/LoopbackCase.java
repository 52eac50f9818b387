package io.cipherstream.server;

import io.cipherstream.ckks.HostCiphertext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * One appliance with a {@link LoopbackModel} for all tests of a class, and a session of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LoopbackCase {

  Path data;
  LoopbackModel model;
  TestServer server;
  TestClient client;

  /** Settings beside the usual ones, such as {@code limits.connectionsMax=2}. */
  String[] settings() {
    return new String[0];
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    data = folder.resolve("data");
    Path zip = Files.writeString(folder.resolve("client.zip"), "not really a zip");
    model = new LoopbackModel(zip, 2);
    server = TestServer.loopback(data, model, settings());
    client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLeftOpen() {
    Eventually.holds(() -> model.openComputations.get() == 0, "computations are closed");
    Eventually.holds(() -> HostCiphertext.open() == 0, "ciphertexts are closed");
  }

  /** Lets all steps go on that wait at the model's gate, and takes it away. */
  void release() {
    Semaphore gate = model.gate;
    model.gate = null;
    if (gate != null) {
      gate.release(100);
    }
  }
}
