package io.cipherstream.server.serving;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads and unloads models while the appliance runs, one at a time. Thread-safe. */
public final class ModelShelf {

  private static final Logger LOG = LoggerFactory.getLogger(ModelShelf.class);

  private final ModelLoader loader;
  private final ModelCatalog catalog;
  private final Consumer<ServedModel> loaded;
  private @Nullable String loading;

  /**
   * @param loaded given each model that is to be served
   */
  public ModelShelf(ModelLoader loader, ModelCatalog catalog, Consumer<ServedModel> loaded) {
    this.loader = loader;
    this.catalog = catalog;
    this.loaded = loaded;
  }

  /** What is being loaded; null if nothing is. */
  public synchronized @Nullable String loading() {
    return loading;
  }

  /** Packages in the configured folders that are not served. Blocks. */
  public SortedSet<String> notServed() {
    SortedSet<String> names = new TreeSet<>(loader.names());
    catalog.all().forEach(model -> names.remove(model.name()));
    return names;
  }

  /**
   * Begins to load a model; it is served as soon as it is encoded and warm. One that cannot be
   * loaded is left out, as at the start. Blocks shortly.
   *
   * @param ended called with the outcome for the audit log
   * @throws ProblemException {@link ProblemType#NOT_READY} before the configured models are loaded,
   *     {@link ProblemType#MODEL_UNKNOWN} without a package of that name, {@link
   *     ProblemType#REQUEST_INVALID} for one that is served, {@link
   *     ProblemType#REQUEST_IN_PROGRESS} while a model is loaded
   */
  public void load(String name, Consumer<String> ended) {
    catalog.requireLoaded();
    if (catalog.all().stream().anyMatch(model -> model.name().equals(name))) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "model '" + name + "', which is served",
          "a model that is not served",
          "unload it first, if its package has changed");
    }
    SortedSet<String> names = loader.names();
    if (!names.contains(name)) {
      throw ProblemException.of(
          ProblemType.MODEL_UNKNOWN,
          "model '" + name + "'",
          "one of " + names,
          "put its package into a folder of modelDirectories");
    }
    begin(name);
    Thread thread = new Thread(() -> ended.accept(loadNow(name)), "model-loader");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void begin(String name) {
    if (loading != null) {
      throw ProblemException.of(
          ProblemType.REQUEST_IN_PROGRESS,
          "model '" + name + "' while '" + loading + "' is loaded",
          "one at a time",
          "wait until it is loaded");
    }
    loading = name;
  }

  private synchronized void end() {
    loading = null;
  }

  private String loadNow(String name) {
    try {
      loaded.accept(loader.load(name));
      return "ok";
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      boolean large = e instanceof ModelTooLargeException;
      catalog.leaveOut(name, large ? "too-large" : "broken");
      LOG.error("model {} is left out: {}", name, e.getMessage());
      LOG.debug("model {} is left out", name, e);
      return ProblemType.MODEL_LEFT_OUT.slug();
    } finally {
      end();
    }
  }

  /**
   * Takes a model out of service. Its inferences go on; its memory is free when they have ended.
   * Its sessions stay, and count again if the same package is loaded again. Blocks.
   *
   * @throws ProblemException {@link ProblemType#NOT_READY} before the configured models are loaded,
   *     {@link ProblemType#MODEL_UNKNOWN} for one that is not served
   */
  public void unload(String name) {
    catalog.requireLoaded();
    catalog.unload(
        name,
        model -> {
          long bytes = model.weightBytes();
          model.close();
          loader.freed(bytes);
          LOG.info("model {} is unloaded", name);
        });
  }
}
