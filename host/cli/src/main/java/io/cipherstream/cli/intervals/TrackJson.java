package io.cipherstream.cli.intervals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.RequestReport;
import io.cipherstream.client.TrackRecord;

/** Tracks and reports of queries as JSON. */
final class TrackJson {

  private TrackJson() {}

  static ObjectNode of(TrackRecord track) {
    ObjectNode json = Json.object();
    json.put("track", track.name());
    json.put("id", track.id());
    json.put("bins", track.grid().bins());
    json.put("binSize", track.grid().binSize());
    json.put("chunks", track.grid().chunks());
    json.put("chromosomes", track.grid().genome().chromosomes().size());
    return json;
  }

  static void addReport(ObjectNode json, RequestReport report) {
    json.put("chunks", report.size());
    Json.addReport(json, report);
  }
}
