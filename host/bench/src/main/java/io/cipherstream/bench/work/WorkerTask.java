package io.cipherstream.bench.work;

import io.cipherstream.bench.report.BenchSettings;

/** A line that a measuring process reads: measure this case. */
public record WorkerTask(BenchSettings settings, CaseKey key) {}
