package io.cipherstream.bench.run;

import io.cipherstream.bench.report.Measurement;
import java.util.List;

/** Times whole sentences, from text to label; who starts a benchmark brings it. */
public interface Sentences {

  /** None. */
  Sentences NONE =
      new Sentences() {
        @Override
        public List<String> engines() {
          return List.of();
        }

        @Override
        public List<Measurement> measure(String engine, int sentences) {
          return List.of();
        }
      };

  /** Names of the engines it can time. */
  List<String> engines();

  /** Runs some sentences after one that does not count. */
  List<Measurement> measure(String engine, int sentences);
}
