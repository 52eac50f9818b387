package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;

/** The handlers of one HTTP server. */
record ApiHandlers(
    Limits limits,
    Connections connections,
    ApiKeys apiKeys,
    RateLimits rates,
    RequestAudit audit,
    SystemHandlers system,
    ModelHandlers models,
    SessionHandlers sessions,
    KeyUpload upload,
    TrackHandlers tracks,
    Inferences inferences,
    JobHandlers jobs,
    TryPage tryPage,
    Forwarding forwarding,
    ProblemHandler problems) {}
