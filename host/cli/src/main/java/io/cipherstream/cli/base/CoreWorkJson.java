package io.cipherstream.cli.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.opencl.image.CoreWork;

/** What the clusters of a card's cores did, as members of a JSON object. */
public final class CoreWorkJson {

  private CoreWorkJson() {}

  /** Adds the members. */
  public static void put(ObjectNode json, CoreWork work) {
    json.put("cycles", work.cycles());
    json.put("butterflyRows", work.butterflyRows());
    json.put("productRows", work.productRows());
    json.put("operations", work.operations());
  }
}
