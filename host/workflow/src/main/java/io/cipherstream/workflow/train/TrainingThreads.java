package io.cipherstream.workflow.train;

/** PyTorch's threads are global to the process. */
public final class TrainingThreads {

  private TrainingThreads() {}

  /** Sets the number of threads for trainings of this process from now on. */
  public static void set(int count) {
    Torch.threads(count);
  }
}
