package io.cipherstream.opencl;

import java.util.ArrayList;
import java.util.List;

/**
 * The resources that a submission has taken so far; they are released together unless a command
 * takes them over.
 */
final class Holds {

  private final List<Runnable> releases = new ArrayList<>();

  void add(Runnable release) {
    releases.add(release);
  }

  /** Hands them to the command, which releases them when it ends. */
  void moveTo(DeviceCommand command) {
    releases.forEach(command::onFinish);
    releases.clear();
  }

  void letGo() {
    releases.forEach(Runnable::run);
    releases.clear();
  }
}
