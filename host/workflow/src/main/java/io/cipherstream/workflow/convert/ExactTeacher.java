package io.cipherstream.workflow.convert;

import io.cipherstream.model.FloatTable;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.SoftTargets;
import java.util.List;

/** A fine-tuned exact model to learn from; its logits are kept beside its stage's result. */
public final class ExactTeacher {

  private final StudentStage student;
  private final Parameters exact;
  private final StageResult result;

  ExactTeacher(StudentStage student, Parameters exact, StageResult result) {
    this.student = student;
    this.exact = exact;
    this.result = result;
  }

  /** How it was fine-tuned. */
  public StageResult result() {
    return result;
  }

  /** Digest of everything that its weights depend on. */
  public String fingerprint() {
    return result.fingerprint();
  }

  /** Its logits of every text, whose word pieces must be among the task's. */
  public SoftTargets logits(List<Example> texts) {
    return student.soft(exact, fingerprint(), texts);
  }

  /** Its outputs of texts whose word pieces are among the task's, one row each. */
  public double[][] outputs(List<Example> texts) {
    return student.outputs(exact, texts);
  }

  /** Its features of every word piece, see {@code WordFeatures}. */
  public FloatTable features() {
    return student.features(exact, fingerprint());
  }
}
