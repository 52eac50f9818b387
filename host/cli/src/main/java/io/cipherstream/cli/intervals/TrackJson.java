package io.cipherstream.cli.intervals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.IntervalReport;
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

  static void addReport(ObjectNode json, IntervalReport report) {
    json.put("mode", report.mode());
    json.put("engine", report.engine());
    json.set("enginesFailed", Json.strings(report.enginesFailed()));
    json.put("chunks", report.chunks());
    json.put("bytesUp", report.bytesUp());
    json.put("bytesDown", report.bytesDown());
    json.put("keyBytes", report.keyBytes());
    json.put("serverSeconds", report.serverSeconds());
    json.put("computeSeconds", report.computeSeconds());
    json.put("totalSeconds", report.totalSeconds());
  }
}
