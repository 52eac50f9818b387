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
  private final String fingerprint;

  ExactTeacher(StudentStage student, Parameters exact, String fingerprint) {
    this.student = student;
    this.exact = exact;
    this.fingerprint = fingerprint;
  }

  /** Digest of everything that its weights depend on. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Its logits of every text, whose word pieces must be among the task's. */
  public SoftTargets logits(List<Example> texts) {
    return student.soft(exact, fingerprint, texts);
  }

  /** Its features of every word piece, see {@code WordFeatures}. */
  public FloatTable features() {
    return student.features(exact, fingerprint);
  }
}
