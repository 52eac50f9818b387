package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.ProgramResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;

/**
 * A transfer or a program given to a stream, with one event for each of its OpenCL commands.
 * Everything except the future is guarded by the engine's lock.
 */
final class DeviceCommand {

  private final CommandStream stream;
  private final List<cl_event> events = new ArrayList<>();
  private final List<Runnable> onFinish = new ArrayList<>();
  private final CompletableFuture<@Nullable ProgramResult> future = new CompletableFuture<>();
  private ProgramRunner.@Nullable Run program;
  private String what = "a transfer";
  private long allowanceNanos;
  private Set<DeviceCommand> before = Set.of();
  private boolean finished;

  DeviceCommand(CommandStream stream) {
    this.stream = stream;
  }

  /** Its purpose, for messages. */
  String what() {
    return what;
  }

  /** Time that it may take on top of the engine's patience. */
  long allowanceNanos() {
    return allowanceNanos;
  }

  /** Marks it as a program, which may take longer than a transfer. */
  void runs(String program, long allowance) {
    what = program;
    allowanceNanos = allowance;
  }

  /** Notes the commands that it waits for. */
  void after(Set<DeviceCommand> waits) {
    before = Set.copyOf(waits);
  }

  /** Whether all commands that it waits for have ended. */
  boolean isNext() {
    return before.stream().allMatch(DeviceCommand::finished);
  }

  CommandStream stream() {
    return stream;
  }

  List<cl_event> events() {
    return events;
  }

  void add(cl_event event) {
    events.add(event);
  }

  /** The event after which the whole command is done. */
  cl_event last() {
    return events.get(events.size() - 1);
  }

  /** Marks the command as a program's. */
  void makesResult(ProgramRunner.Run run) {
    program = run;
  }

  /** Waits for its events; on its stream's thread, lock not held. */
  void await(ClCalls calls) {
    if (program == null) {
      calls.await(events.toArray(new cl_event[0]), what);
    } else {
      program.await(calls, this);
    }
  }

  /** Action to run under the engine's lock when nothing of the command runs any more. */
  void onFinish(Runnable action) {
    onFinish.add(action);
  }

  boolean finished() {
    return finished;
  }

  /**
   * Ends it: releases its events, drops the program, runs the final actions. Under the engine's
   * lock.
   */
  void end(ClCalls calls) {
    finished = true;
    program = null;
    before = Set.of();
    events.forEach(calls::release);
    events.clear();
    onFinish.forEach(Runnable::run);
    onFinish.clear();
  }

  @Nullable ProgramResult result(ClCalls calls) {
    if (program == null) {
      return null;
    }
    long[] nanos = new long[events.size()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = calls.nanos(events.get(i));
    }
    return program.result(nanos);
  }

  void complete(@Nullable ProgramResult result) {
    future.complete(result);
  }

  void fail(EngineException cause) {
    future.completeExceptionally(cause);
  }

  CompletableFuture<@Nullable ProgramResult> future() {
    return future;
  }
}
