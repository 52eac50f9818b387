package io.cipherstream.workflow.train;

/** PyTorch's threads are the process's. */
public final class TrainingThreads {

  private TrainingThreads() {}

  /** Sets how many threads trainings of this process use from now on. */
  public static void set(int count) {
    Torch.threads(count);
  }
}
