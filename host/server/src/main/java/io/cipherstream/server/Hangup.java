package io.cipherstream.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP asks for a reload and never ends the process. {@code sun.misc.Signal} is the only way to a
 * signal in Java; it is called by name, since the compiler warns of it wherever it is written.
 */
final class Hangup {

  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /**
   * Runs {@code action} on a thread of its own at every SIGHUP. Without signals of that name, as on
   * Windows or with {@code -Xrs}, nothing happens.
   */
  static void onSignal(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object runner =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "reload";
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), runner);
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.info("SIGHUP is not to be had here, so a reload needs a restart: {}", e.toString());
    }
  }
}
