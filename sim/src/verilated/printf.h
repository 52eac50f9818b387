/* Put before every file of a model: Verilator's run-time library prints through this, not to standard output. */
#pragma once

int cipherstream_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
