package io.cipherstream.ring;

import java.util.Arrays;

/**
 * The tasks of a program as a graph: which must have finished before which may begin, for engines
 * that run tasks on several threads. Tasks not connected run in any order or at once; within a task
 * instructions keep theirs. Immutable.
 */
public final class TaskGraph {

  private final Links successors;
  private final int[] predecessorCounts;

  private TaskGraph(Links predecessors) {
    this.successors = predecessors.reversed();
    this.predecessorCounts = new int[predecessors.nodes()];
    Arrays.setAll(predecessorCounts, predecessors::count);
  }

  public static TaskGraph of(LimbProgram program) {
    Links hazards = Hazards.of(program).predecessors();
    int tasks = program.tasks();
    int[] taskOf = new int[program.instructions().size()];
    Links.Builder links = new Links.Builder(tasks);
    int[] seen = new int[tasks];
    Arrays.fill(seen, -1);
    for (int task = 0; task < tasks; task++) {
      int begin = program.taskStart(task);
      int end = program.taskStart(task + 1);
      Arrays.fill(taskOf, begin, end, task);
      for (int at = hazards.starts()[begin]; at < hazards.starts()[end]; at++) {
        int before = taskOf[hazards.targets()[at]];
        if (before != task && seen[before] != task) {
          seen[before] = task;
          links.add(before);
        }
      }
      links.endNode();
    }
    return new TaskGraph(links.build());
  }

  /** Number of tasks. */
  public int tasks() {
    return predecessorCounts.length;
  }

  /** For each task how many others must have finished before it begins; a copy. */
  public int[] predecessorCounts() {
    return predecessorCounts.clone();
  }

  /** The tasks that wait for a task, each once. */
  public int[] successors(int task) {
    return successors.of(task);
  }
}
