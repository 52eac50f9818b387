/**
 * What runs inside a measuring process: engines opened by name, operands of seeded random words,
 * and the one JMH benchmark that runs whatever case it is given. It knows nothing of reports.
 */
@NullMarked
package io.cipherstream.bench.work;

import org.jspecify.annotations.NullMarked;
