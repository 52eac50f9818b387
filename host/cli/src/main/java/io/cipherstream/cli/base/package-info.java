/**
 * What every command stands on: exit codes and failures, tables and JSON, progress, folders and
 * models, shared options. It knows no command.
 */
@NullMarked
package io.cipherstream.cli.base;

import org.jspecify.annotations.NullMarked;
