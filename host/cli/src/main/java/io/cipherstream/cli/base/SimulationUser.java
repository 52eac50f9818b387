package io.cipherstream.cli.base;

import java.util.List;

/** A command that names the simulated configurations it runs other than by --engine. */
public interface SimulationUser {

  /** Names of configurations, once the command line has been read. */
  List<String> simulations();
}
