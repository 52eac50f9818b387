package io.cipherstream.cli.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.opencl.image.CoreWork;

/** What the units of a card's cores did, as members of a JSON object. */
public final class CoreWorkJson {

  private CoreWorkJson() {}

  /** Adds the members: those of clusters, or of a core that runs limb programs. */
  public static void put(ObjectNode json, CoreWork work) {
    json.put("cycles", work.cycles());
    json.put("butterflyRows", work.butterflyRows());
    if (work.operations() > 0) {
      json.put("productRows", work.productRows());
      json.put("operations", work.operations());
    } else {
      json.put("vectorBeats", work.vectorBeats());
      json.put("bothBusyCycles", work.bothBusyCycles());
    }
  }
}
