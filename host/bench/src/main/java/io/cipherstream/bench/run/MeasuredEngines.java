package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.bench.report.EngineInfo;
import java.util.ArrayList;
import java.util.List;

/** Engines by the names a user gives. */
final class MeasuredEngines {

  private MeasuredEngines() {}

  /**
   * The engines of those names, {@code opencl} standing for all devices; all that are present if no
   * name is given.
   *
   * @throws BenchException of kind ENGINE for a name that no engine has, or one that is missing
   *     here
   */
  static List<EngineInfo> choose(List<EngineInfo> all, List<String> names) {
    if (names.isEmpty()) {
      return all.stream().filter(e -> e.missing() == null).toList();
    }
    List<EngineInfo> chosen = new ArrayList<>();
    for (String name : names) {
      List<EngineInfo> named =
          all.stream().filter(e -> e.id().equals(name) || e.id().startsWith(name + ":")).toList();
      if (named.isEmpty()) {
        throw new BenchException(
            Kind.ENGINE,
            "engine '" + name + "': expected one of " + all.stream().map(EngineInfo::id).toList());
      }
      for (EngineInfo engine : named) {
        if (engine.missing() != null) {
          throw new BenchException(
              Kind.ENGINE, "engine " + engine.id() + " is not here: " + engine.missing());
        }
        if (!chosen.contains(engine)) {
          chosen.add(engine);
        }
      }
    }
    return chosen;
  }
}
