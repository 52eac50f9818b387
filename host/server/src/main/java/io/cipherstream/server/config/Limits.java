package io.cipherstream.server.config;

/**
 * Every limit of the appliance. Defaults are in {@code defaults.yaml} beside this class. Over a
 * limit the appliance refuses early and names it.
 *
 * @param requestsPerTenantPerSecondMax requests of a tenant in a second; five times as many may
 *     come at once
 * @param sessionsPerTenantPerMinuteMax sessions a tenant may make in a minute
 * @param wrongKeysPerAddressPerMinuteMax requests without a known API key from one address (IPv6:
 *     one /64) in a minute
 * @param rateRefusalMillis milliseconds that a request over one of these rates waits for its
 *     refusal, so that a client that does not wait by itself costs little
 * @param refusalLogLinesPerSecondMax log lines about refusals in a second, for each tenant and for
 *     all who have no known API key
 * @param connectionsMax open TCP connections; over it 503 {@code overloaded}, over twice as many
 *     closed at once
 * @param healthConnectionsMax the same for the listener of {@code bind.healthPort}
 * @param requestBytesMax bytes of a JSON request body, or of the JSON in front of binary tensors
 * @param frameBytesMax bytes of one WebSocket frame, or of one piece of a binary answer
 * @param textMessageBytesMax bytes of one WebSocket text message
 * @param sessionsPerTenantMax sessions a tenant may hold
 * @param sessionIdleSeconds seconds after its last use when a session expires
 * @param sessionEvictIdleSeconds seconds without a use after which a session may be evicted when
 *     its tenant makes another one at its limit
 * @param incompleteSessionIdleSeconds the same for a session without all its keys
 * @param idempotencyKeySeconds seconds for which a repeated request with the same {@code
 *     Idempotency-Key} gets the session that the first one made
 * @param keyBytesPerTenantMax bytes of stored keys a tenant may hold, uploads in progress included
 * @param memoryBytesMax bytes the whole process may take; 0 for a share of the machine's memory.
 *     How it is divided: {@link MemoryPlan}
 * @param keyMemoryBytesMax bytes of evaluation keys kept loaded; least recently used go first; 0
 *     for a part of {@code memoryBytesMax}
 * @param keyMemoryBytesPerTenantMax bytes of evaluation keys in use by one tenant's inferences; 0
 *     for half of {@code keyMemoryBytesMax}, or all of it where there is one tenant
 * @param inferenceBytesMax bytes that all admitted inferences may hold; 0 for a part of {@code
 *     memoryBytesMax}
 * @param inferenceBytesPerTenantMax the same for one tenant; 0 for half of it, or all of it where
 *     there is one tenant
 * @param tracksPerTenantMax tracks that a tenant may store
 * @param trackBytesPerTenantMax bytes of a tenant's stored tracks on disk, each counted as whole
 * @param incompleteTrackSeconds seconds without an upload after which a track that is not complete
 *     is removed
 * @param jobsPerTenantMax jobs of a tenant, those whose answers are kept included
 * @param jobBytesPerTenantMax bytes of the answers of a tenant's jobs on disk
 * @param jobResultSeconds seconds for which a job's answer is kept after its end
 * @param keyWaitSeconds seconds an inference may wait for room in memory for its session's keys
 * @param uploadsPerTenantMax uploads of keys and tracks of a tenant at one time
 * @param uploadDeadlineSeconds seconds one key upload may take
 * @param partialUploadSeconds seconds for which a key upload whose connection broke can be resumed
 * @param diskReserveBytes bytes of free disk that uploads leave untouched
 * @param inferencesMax inferences admitted at one time, waiting ones included
 * @param inferencesPerTenantMax the same for one tenant
 * @param sealedAnswersPerTenantPerDayMax answers of each sealed model that a tenant gets in a day
 *     of UTC; 0 for any number
 * @param inferencesPerTenantPerDayMax inferences that a tenant may begin in a day of UTC; 0 for any
 *     number
 * @param computeSecondsPerTenantPerDayMax seconds of a tenant's steps in a day of UTC; 0 for any
 *     number
 * @param inferenceIdsRemembered inference ids a session remembers, across restarts, to refuse a
 *     replay; 32 bytes of disk each
 * @param roundDeadlineSeconds seconds a client may take to deliver the ciphertexts of a round
 * @param sendDeadlineSeconds seconds a client may take to read one ciphertext
 * @param inferenceDeadlineSeconds seconds of a whole inference
 * @param requestDeadlineSeconds seconds from a connection's opening to its first request with an
 *     API key, and from a request to the last byte of its JSON body
 * @param idleConnectionSeconds seconds without a request, without a byte within one, or on a
 *     WebSocket without a frame from the client (an answer to a ping is one) after which a
 *     connection is closed
 * @param pingSeconds seconds between WebSocket pings
 * @param retryAfterSeconds seconds that {@code Retry-After} names
 * @param drainSeconds seconds a stopping appliance waits for running inferences
 * @param auditDays days for which the audit log is kept; 0 for none
 */
public record Limits(
    int requestsPerTenantPerSecondMax,
    int sessionsPerTenantPerMinuteMax,
    int wrongKeysPerAddressPerMinuteMax,
    int rateRefusalMillis,
    int refusalLogLinesPerSecondMax,
    int connectionsMax,
    int healthConnectionsMax,
    int requestBytesMax,
    int frameBytesMax,
    int textMessageBytesMax,
    int sessionsPerTenantMax,
    int sessionIdleSeconds,
    int sessionEvictIdleSeconds,
    int incompleteSessionIdleSeconds,
    int idempotencyKeySeconds,
    long keyBytesPerTenantMax,
    @Range(min = 0) long memoryBytesMax,
    @Range(min = 0) long keyMemoryBytesMax,
    @Range(min = 0) long keyMemoryBytesPerTenantMax,
    @Range(min = 0) long inferenceBytesMax,
    @Range(min = 0) long inferenceBytesPerTenantMax,
    int tracksPerTenantMax,
    long trackBytesPerTenantMax,
    int incompleteTrackSeconds,
    int jobsPerTenantMax,
    long jobBytesPerTenantMax,
    int jobResultSeconds,
    int keyWaitSeconds,
    int uploadsPerTenantMax,
    int uploadDeadlineSeconds,
    int partialUploadSeconds,
    @Range(min = 0) long diskReserveBytes,
    int inferencesMax,
    int inferencesPerTenantMax,
    @Range(min = 0) int sealedAnswersPerTenantPerDayMax,
    @Range(min = 0) long inferencesPerTenantPerDayMax,
    @Range(min = 0) long computeSecondsPerTenantPerDayMax,
    int inferenceIdsRemembered,
    int roundDeadlineSeconds,
    int sendDeadlineSeconds,
    int inferenceDeadlineSeconds,
    int requestDeadlineSeconds,
    int idleConnectionSeconds,
    int pingSeconds,
    int retryAfterSeconds,
    int drainSeconds,
    @Range(min = 0, max = 36500) int auditDays) {}
