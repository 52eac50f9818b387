/**
 * What all commands share: exit codes and failures, tables and JSON, progress, folders and models,
 * common options. It knows no command.
 */
@NullMarked
package io.cipherstream.cli.base;

import org.jspecify.annotations.NullMarked;
