package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.session.PartialUploads;
import io.cipherstream.server.session.SessionMoves;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.session.UploadQuota;
import org.jspecify.annotations.Nullable;

/** What all HTTP servers of the appliance share. */
public record ApiServices(
    ServerConfig config,
    String version,
    InferenceServices inference,
    Inferences inferences,
    SessionStore store,
    UploadQuota quota,
    PartialUploads partials,
    SessionMoves moves,
    Connections connections,
    ApiKeys apiKeys,
    RateLimits rates,
    TryPage tryPage,
    @Nullable Cluster cluster) {

  /** The same with another count of connections. */
  ApiServices with(Connections counted) {
    return new ApiServices(
        config,
        version,
        inference,
        inferences,
        store,
        quota,
        partials,
        moves,
        counted,
        apiKeys,
        rates,
        tryPage,
        cluster);
  }
}
