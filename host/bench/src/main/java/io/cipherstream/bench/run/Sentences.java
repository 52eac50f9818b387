package io.cipherstream.bench.run;

import io.cipherstream.bench.report.Measurement;
import java.util.List;

/** Times whole sentences, from text to label; who starts a benchmark brings it. */
public interface Sentences {

  /** None. */
  Sentences NONE =
      new Sentences() {
        @Override
        public boolean serves(String engine) {
          return false;
        }

        @Override
        public List<Measurement> measure(String engine, int sentences) {
          return List.of();
        }
      };

  /** Whether it can time an engine. */
  boolean serves(String engine);

  /**
   * Runs some sentences after one that does not count.
   *
   * @throws RuntimeException if that fails, which is noted and costs only these figures
   */
  List<Measurement> measure(String engine, int sentences);
}
