/** What each tenant may use, has used, and did: quotas, usage, the audit log. */
@NullMarked
package io.cipherstream.server.tenant;

import org.jspecify.annotations.NullMarked;
