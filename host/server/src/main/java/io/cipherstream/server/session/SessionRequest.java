package io.cipherstream.server.session;

import io.cipherstream.ckks.CkksParameters;
import java.util.function.Predicate;

/**
 * A session that a tenant wants.
 *
 * @param keyBytes bytes that its keys will take on disk
 * @param complete whether another session of the tenant has all its keys; those without make room
 *     first
 */
public record SessionRequest(
    SessionInfo info, CkksParameters parameters, long keyBytes, Predicate<Session> complete) {}
