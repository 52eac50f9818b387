package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.EngineEvents;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.network.EncodedNetwork;
import io.cipherstream.network.NetworkPackage;
import io.cipherstream.network.NetworkPlan;
import io.cipherstream.ring.EngineException;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.ServerModel;
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
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads model packages from the configured folders and encodes their weights within the available
 * memory, in every mode and as many token classes as fit. A model that does not fit, or whose
 * package is broken, is left out by name and the others are served. An engine that cannot be opened
 * is not the fault of a package and ends the loading.
 */
public final class RepositoryLoader implements ModelLoader, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryLoader.class);

  private final ServerConfig config;
  private final ExecutorService workers;
  private final ModelRepository repository;
  private final Map<CkksParameters, EngineBackend> backends = new HashMap<>();
  private Function<String, OperationObserver> observers =
      engine -> (operation, limbs, terms, nanos) -> {};
  private EngineEvents events = EngineEvents.NONE;
  private BiConsumer<String, String> leftOut = (name, reason) -> {};
  private final MemoryPlan memory;
  private final ClientZips clientZips;
  private long bytesLeft;

  public RepositoryLoader(ServerConfig config, ExecutorService workers) {
    this.config = config;
    this.repository = new ModelRepository(config.modelDirectories());
    this.workers = workers;
    this.memory = MemoryPlan.of(config);
    this.clientZips = new ClientZips(config.dataDirectory().resolve("client-packages"));
    this.bytesLeft = memory.weightBytes();
  }

  @Override
  public void observe(
      Function<String, OperationObserver> operationObservers, EngineEvents engineEvents) {
    this.observers = operationObservers;
    this.events = engineEvents;
  }

  @Override
  public void onLeftOut(BiConsumer<String, String> listener) {
    this.leftOut = listener;
  }

  @Override
  public SortedSet<String> names() {
    SortedSet<String> names = packages();
    names.add(IntervalsModel.NAME);
    return names;
  }

  @Override
  public synchronized ServedModel load(String name) {
    return name.equals(IntervalsModel.NAME) ? intervals(line -> {}) : found(name, line -> {});
  }

  @Override
  public synchronized void freed(long weightBytes) {
    bytesLeft += weightBytes;
  }

  @Override
  public synchronized void load(Consumer<ServedModel> loaded, Consumer<String> progress) {
    Collection<String> names = config.models().isEmpty() ? packages() : config.models();
    if (names.contains(IntervalsModel.NAME)) {
      loaded.accept(intervals(progress));
      names = names.stream().filter(name -> !name.equals(IntervalsModel.NAME)).toList();
      if (names.isEmpty()) {
        return;
      }
    }
    if (names.isEmpty()) {
      throw new NoModelException(
          "no model package in " + config.modelDirectories() + "; import one or name its folder",
          null);
    }
    Map<String, RuntimeException> failures = new LinkedHashMap<>();
    for (String name : names) {
      progress.accept("encoding " + name);
      try {
        loaded.accept(found(name, progress));
      } catch (EngineException e) {
        throw e;
      } catch (RuntimeException e) {
        failures.put(name, e);
        leftOut.accept(name, e instanceof ModelTooLargeException ? "too-large" : "broken");
        LOG.error("model {} is left out: {}", name, e.getMessage());
        LOG.debug("model {} is left out", name, e);
      }
    }
    if (failures.size() == names.size()) {
      throw NoModelException.of(failures);
    }
  }

  private SortedSet<String> packages() {
    SortedSet<String> names = repository.names();
    names.addAll(NetworkPackage.names(config.modelDirectories()));
    return names;
  }

  private ServedModel intervals(Consumer<String> progress) {
    IntervalsModel model =
        new IntervalsModel(
            backends.computeIfAbsent(IntervalPlan.PARAMETERS, this::backend), workers);
    if (config.compute().warmUp()) {
      progress.accept("warming up " + model.name());
      model.plans().stream()
          .filter(plan -> plan.tokenClass() == 1)
          .forEach(plan -> WarmUp.run(model, plan));
    }
    return model;
  }

  private ServedModel found(String name, Consumer<String> progress) {
    long started = System.nanoTime();
    ServedModel model =
        NetworkPackage.names(config.modelDirectories()).contains(name)
            ? load(NetworkPackage.find(config.modelDirectories(), name), progress)
            : load(repository.find(name), progress);
    LOG.info(
        "model {} loaded in {} s, {} MiB of weights left in the budget",
        name,
        String.format("%.1f", (System.nanoTime() - started) / 1e9),
        bytesLeft >> 20);
    return model;
  }

  private ServedModel load(NetworkPackage found, Consumer<String> progress) {
    NetworkPlan plan = found.description().plan();
    AgreedPlan agreed = AgreedPlan.of(plan);
    long keyBytes = new RequiredKeys(plan.parameters(), List.of(agreed)).loadedBytes();
    if (plan.weightBytes() > bytesLeft
        || InferenceBytes.most(agreed) > memory.inferenceBytesPerTenant()
        || keyBytes > memory.keyBytesPerTenant()) {
      throw new ModelTooLargeException(
          String.format(
              "it does not fit into memory: %d MiB of encoded weights, %d MiB left"
                  + " (compute.weightBytesMax); an inference of %d MiB, %d MiB allowed"
                  + " (limits.inferenceBytesPerTenantMax); keys of %d MiB, %d MiB allowed"
                  + " (limits.keyMemoryBytesPerTenantMax)",
              plan.weightBytes() >> 20,
              bytesLeft >> 20,
              InferenceBytes.most(agreed) >> 20,
              memory.inferenceBytesPerTenant() >> 20,
              keyBytes >> 20,
              memory.keyBytesPerTenant() >> 20));
    }
    EngineBackend backend = backends.computeIfAbsent(plan.parameters(), this::backend);
    EncodedNetwork encoded = new EncodedNetwork(found, backend.evaluator());
    String digest = sha256(found.description().toJson());
    Path description = clientZips.of(found.description(), digest);
    NetworkModel model =
        new NetworkModel(found.description(), digest, description, encoded, backend);
    try {
      if (config.compute().warmUp()) {
        progress.accept("warming up " + model.name());
        WarmUp.run(model, agreed);
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    bytesLeft -= model.weightBytes();
    return model;
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
                ServerModel.encode(found, plans, backend.evaluator(), workers, bytesLeft);
            encoded.put(set, model);
            bytesLeft -= model.bytes();
          });
      String digest = sha256(found.manifest().toJson());
      TransformerModel model =
          new TransformerModel(
              name,
              ModelAnswers.of(found.manifest()),
              digest,
              clientZips.of(found, digest),
              encoded,
              backends);
      if (config.compute().warmUp()) {
        progress.accept("warming up " + name);
        WarmUp.run(model, model.plans().get(0));
      }
      return model;
    } catch (RuntimeException e) {
      encoded.values().forEach(model -> bytesLeft += model.bytes());
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
            memory.engineBytes(),
            compute.crossCheckRate(),
            Optional.of(config.dataDirectory().resolve("engines")));
    EngineSettings chosen =
        settings.forCards(Optional.ofNullable(compute.image()), compute.imageCyclesPerSecondMin());
    return new EngineBackend(Engines.open(set, chosen, events), compute.answerNoise(), observers);
  }

  /**
   * Leaves out the largest token classes until the weights, one inference, and the keys of a
   * session fit.
   */
  private void fitBudget(String name, Map<CkksParameters, List<InferencePlan>> bySet) {
    while (needed(bySet) > bytesLeft) {
      leaveOutLargest(
          name,
          bySet,
          String.format(
              "%d MiB of encoded weights, %d MiB left of %d MiB (compute.weightBytesMax)",
              needed(bySet) >> 20, bytesLeft >> 20, memory.weightBytes() >> 20));
    }
    while (inferenceBytes(bySet) > memory.inferenceBytesPerTenant()) {
      leaveOutLargest(
          name,
          bySet,
          String.format(
              "one inference may hold %d MiB, a tenant's may hold %d MiB"
                  + " (limits.inferenceBytesPerTenantMax)",
              inferenceBytes(bySet) >> 20, memory.inferenceBytesPerTenant() >> 20));
    }
    while (keyBytes(bySet) > memory.keyBytesPerTenant()) {
      leaveOutLargest(
          name,
          bySet,
          String.format(
              "one session's keys take %d MiB of memory, a tenant's may take %d MiB"
                  + " (limits.keyMemoryBytesPerTenantMax, of limits.keyMemoryBytesMax)",
              keyBytes(bySet) >> 20, memory.keyBytesPerTenant() >> 20));
    }
  }

  private static void leaveOutLargest(
      String name, Map<CkksParameters, List<InferencePlan>> bySet, String why) {
    int largest =
        bySet.values().stream()
            .flatMap(List::stream)
            .mapToInt(InferencePlan::tokenClass)
            .max()
            .orElse(0);
    bySet.values().forEach(plans -> plans.removeIf(plan -> plan.tokenClass() == largest));
    bySet.values().removeIf(List::isEmpty);
    if (bySet.isEmpty()) {
      throw new ModelTooLargeException(
          "it does not fit into memory: "
              + why
              + " with token class "
              + largest
              + " alone; raise it, serve fewer models, or use a machine with more memory");
    }
    LOG.warn("model {}: {}; token class {} is left out", name, why, largest);
  }

  private static long needed(Map<CkksParameters, List<InferencePlan>> bySet) {
    return bySet.values().stream().mapToLong(ServerModel::bytesNeeded).sum();
  }

  private static long inferenceBytes(Map<CkksParameters, List<InferencePlan>> bySet) {
    return bySet.values().stream()
        .flatMap(List::stream)
        .mapToLong(plan -> InferenceBytes.most(plan.agreed()))
        .max()
        .orElse(0);
  }

  /** Most bytes of the keys of a session for one mode and all its token classes. */
  private static long keyBytes(Map<CkksParameters, List<InferencePlan>> bySet) {
    long most = 0;
    for (Map.Entry<CkksParameters, List<InferencePlan>> of : bySet.entrySet()) {
      Map<String, List<AgreedPlan>> byMode =
          of.getValue().stream()
              .map(InferencePlan::agreed)
              .collect(Collectors.groupingBy(AgreedPlan::mode));
      for (List<AgreedPlan> plans : byMode.values()) {
        most = Math.max(most, new RequiredKeys(of.getKey(), plans).loadedBytes());
      }
    }
    return most;
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
