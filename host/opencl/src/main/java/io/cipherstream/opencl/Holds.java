package io.cipherstream.opencl;

import java.util.ArrayList;
import java.util.List;

/** What a submission has taken so far, let go together unless a command takes over. */
final class Holds {

  private final List<Runnable> releases = new ArrayList<>();

  void add(Runnable release) {
    releases.add(release);
  }

  /** The command lets them go when it ends. */
  void moveTo(DeviceCommand command) {
    releases.forEach(command::onFinish);
    releases.clear();
  }

  void letGo() {
    releases.forEach(Runnable::run);
    releases.clear();
  }
}
