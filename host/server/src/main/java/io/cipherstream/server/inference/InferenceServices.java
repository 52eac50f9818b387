package io.cipherstream.server.inference;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.jobs.Jobs;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.RefusalLog;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.KeyFiles;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.tenant.AuditLog;
import io.cipherstream.server.tenant.Quotas;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.server.tracks.TrackRegistry;
import io.cipherstream.trace.Spans;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Vertx;

/** What every inference shares. */
public record InferenceServices(
    Vertx vertx,
    Limits limits,
    ModelCatalog catalog,
    SessionRegistry registry,
    KeyFiles keyFiles,
    KeyCache keyCache,
    TrackRegistry tracks,
    Jobs jobs,
    Admission admission,
    AnswerBudget answers,
    Quotas quotas,
    TenantUsage usage,
    AuditLog audit,
    FairScheduler scheduler,
    WorkPools pools,
    RefusalLog refusals,
    ServerMetrics metrics,
    Spans spans,
    ByteBufAllocator alloc) {}
