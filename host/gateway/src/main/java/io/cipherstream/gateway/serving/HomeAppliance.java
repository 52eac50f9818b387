package io.cipherstream.gateway.serving;

import java.util.List;

/**
 * The appliance that a model's questions go to. It changes only when that one is gone, since the
 * next one has to be sent the keys. Thread-safe.
 */
final class HomeAppliance {

  private final List<ApplianceLink> links;
  private final Runnable moved;
  private int at;

  /**
   * @param links at least one
   * @param first index of the first choice
   * @param moved called whenever the home changes
   */
  HomeAppliance(List<ApplianceLink> links, int first, Runnable moved) {
    this.links = List.copyOf(links);
    this.at = first;
    this.moved = moved;
  }

  /**
   * The home if it is healthy, else the next healthy one, which becomes the home; else the home.
   */
  synchronized ApplianceLink current() {
    for (int i = 0; i < links.size(); i++) {
      int next = (at + i) % links.size();
      if (links.get(next).healthy()) {
        if (i > 0) {
          moved.run();
        }
        at = next;
        break;
      }
    }
    return links.get(at);
  }

  int count() {
    return links.size();
  }
}
