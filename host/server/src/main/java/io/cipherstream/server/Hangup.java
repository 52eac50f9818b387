package io.cipherstream.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP asks for a reload and never ends the process. {@code sun.misc.Signal} is Java's only way
 * to a signal. It is called by name, since the compiler warns of every direct use.
 */
final class Hangup {

  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /**
   * Runs {@code action} on a separate thread at every SIGHUP. If that signal is not available, as
   * on Windows or with {@code -Xrs}, nothing happens.
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
      LOG.info("SIGHUP is not available here, so a reload needs a restart: {}", e.toString());
    }
  }
}
