package io.cipherstream.server.engine;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.EngineEvents;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.storage.DurableFiles;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.ServerModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads model packages from the configured folders and encodes their weights within the configured
 * budget, every mode and as many token classes as fit.
 */
public final class RepositoryLoader implements ModelLoader, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryLoader.class);

  private final ServerConfig config;
  private final ExecutorService workers;
  private final Map<CkksParameters, EngineBackend> backends = new HashMap<>();
  private Function<String, OperationObserver> observers =
      engine -> (operation, limbs, terms, nanos) -> {};
  private EngineEvents events = EngineEvents.NONE;
  private long bytesLeft;

  public RepositoryLoader(ServerConfig config, ExecutorService workers) {
    this.config = config;
    this.workers = workers;
    this.bytesLeft = config.compute().weightBytesMax();
  }

  @Override
  public void observe(
      Function<String, OperationObserver> operationObservers, EngineEvents engineEvents) {
    this.observers = operationObservers;
    this.events = engineEvents;
  }

  @Override
  public void load(Consumer<ServedModel> loaded, Consumer<String> progress) {
    ModelRepository repository = new ModelRepository(config.modelDirectories());
    Collection<String> names =
        config.models().isEmpty() ? repository.list().keySet() : config.models();
    if (names.isEmpty()) {
      throw new IllegalStateException(
          "no model package in " + config.modelDirectories() + "; import one or name its folder");
    }
    for (String name : names) {
      progress.accept("encoding " + name);
      long started = System.nanoTime();
      ServedModel model = load(repository.find(name), progress);
      loaded.accept(model);
      LOG.info(
          "model {} loaded in {} s, {} MiB of weights left in the budget",
          name,
          String.format("%.1f", (System.nanoTime() - started) / 1e9),
          bytesLeft >> 20);
    }
  }

  private ServedModel load(ModelPackage found, Consumer<String> progress) {
    String name = found.manifest().name();
    Map<CkksParameters, List<InferencePlan>> bySet = new LinkedHashMap<>();
    ModelPlans.all(found.manifest())
        .values()
        .forEach(
            plans ->
                plans.forEach(
                    plan ->
                        bySet
                            .computeIfAbsent(plan.parameters(), set -> new ArrayList<>())
                            .add(plan)));
    fitBudget(name, bySet);
    Map<CkksParameters, ServerModel> encoded = new LinkedHashMap<>();
    try {
      bySet.forEach(
          (set, plans) -> {
            EngineBackend backend = backends.computeIfAbsent(set, this::backend);
            ServerModel model =
                ServerModel.encode(found.encoder(), plans, backend.evaluator(), workers, bytesLeft);
            encoded.put(set, model);
            bytesLeft -= model.bytes();
          });
      String digest = sha256(found.manifest().toJson());
      TransformerModel model =
          new TransformerModel(
              name,
              ModelAnswers.of(found.manifest()),
              digest,
              clientZip(found, digest),
              encoded,
              backends);
      if (config.compute().warmUp()) {
        progress.accept("warming up " + name);
        WarmUp.run(model, model.plans().get(0));
      }
      return model;
    } catch (RuntimeException e) {
      encoded.values().forEach(ServerModel::close);
      throw e;
    }
  }

  private EngineBackend backend(CkksParameters set) {
    ServerConfig.Compute compute = config.compute();
    EngineSettings settings =
        new EngineSettings(
            EngineSpec.parse(compute.engine()),
            Optional.of(workers),
            compute.effectiveThreads(),
            compute.engineBytesMax(),
            compute.engineResidentBytesMax(),
            compute.crossCheckRate(),
            Optional.of(config.dataDirectory().resolve("engines")));
    EngineSettings chosen =
        settings.forCards(Optional.ofNullable(compute.image()), compute.imageCyclesPerSecondMin());
    return new EngineBackend(Engines.open(set, chosen, events), observers);
  }

  /** Leaves out the largest token classes until the encoded weights fit. */
  private void fitBudget(String name, Map<CkksParameters, List<InferencePlan>> bySet) {
    while (needed(bySet) > bytesLeft) {
      int largest =
          bySet.values().stream()
              .flatMap(List::stream)
              .mapToInt(InferencePlan::tokenClass)
              .max()
              .orElse(0);
      LOG.warn(
          "model {}: {} MiB of encoded weights, {} MiB left of weightBytesMax; token class {} is"
              + " left out",
          name,
          needed(bySet) >> 20,
          bytesLeft >> 20,
          largest);
      bySet.values().forEach(plans -> plans.removeIf(plan -> plan.tokenClass() == largest));
      bySet.values().removeIf(List::isEmpty);
      if (bySet.isEmpty()) {
        throw new IllegalStateException(
            "model "
                + name
                + " does not fit into compute.weightBytesMax = "
                + config.compute().weightBytesMax()
                + " bytes; raise it or serve fewer models");
      }
    }
  }

  private static long needed(Map<CkksParameters, List<InferencePlan>> bySet) {
    return bySet.values().stream().mapToLong(ServerModel::bytesNeeded).sum();
  }

  private Path clientZip(ModelPackage found, String digest) {
    Path folder = config.dataDirectory().resolve("client-packages");
    Path file = folder.resolve(found.manifest().name() + "-" + digest.substring(0, 16) + ".zip");
    if (Files.exists(file)) {
      return file;
    }
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    found.client().writeZip(zip);
    try {
      DurableFiles.createDirectories(folder);
      DurableFiles.write(file, zip.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
    return file;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    backends.values().forEach(EngineBackend::close);
    backends.clear();
  }
}
