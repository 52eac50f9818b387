package io.cipherstream.workflow.train;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.files.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OutputArchive;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of one stage: folders {@code checkpoint-STEP} with PyTorch's archive of weights, best
 * weights and optimizer, and the rest as JSON. A folder is written under a temporary name and
 * renamed, and older ones are deleted only then, so that the last good one survives a full disk or
 * a kill.
 */
final class Checkpoints {

  private static final String PREFIX = "checkpoint-";
  private static final String STATE = "state.json";
  private static final String ARCHIVE = "state.pt";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .build();

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws TrainingException of kind CHECKPOINT if that fails; the existing ones are kept
   */
  void write(TrainingState state, Parameters now, Parameters best, Optimizer optimizer) {
    Path temporary = folder.resolve("new.tmp");
    try {
      FileTrees.delete(temporary);
      Files.createDirectories(temporary);
      archive(temporary.resolve(ARCHIVE), now, best, optimizer);
      JSON.writeValue(temporary.resolve(STATE).toFile(), state);
      Path target = folder.resolve(String.format("%s%09d", PREFIX, state.step));
      FileTrees.delete(target);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      for (Path old : all()) {
        if (!old.equals(target)) {
          FileTrees.delete(old);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new TrainingException(
          TrainingException.Kind.CHECKPOINT,
          "cannot write a checkpoint of step "
              + state.step
              + " to "
              + folder
              + " ("
              + reason(e)
              + "); the previous one is kept. Make room, then run the same command again",
          e);
    }
  }

  private static String reason(Exception e) {
    String text = String.valueOf(e.getMessage());
    int line = text.indexOf('\n');
    return line < 0 ? text : text.substring(0, line);
  }

  private static void archive(Path file, Parameters now, Parameters best, Optimizer optimizer)
      throws IOException {
    try (PointerScope scope = new PointerScope();
        OutputArchive out = new OutputArchive();
        OutputArchive nested = new OutputArchive();
        FileSink sink = new FileSink(file)) {
      now.each((name, tensor) -> out.write("now:" + key(name), tensor.detach()));
      best.each((name, tensor) -> out.write("best:" + key(name), tensor.detach()));
      optimizer.save(nested);
      out.write("optimizer", nested);
      out.save_to(sink);
      sink.finish();
    }
  }

  /** Names without dots, which archives keep for their own structure. */
  private static String key(String name) {
    return name.replace('.', '/');
  }

  /**
   * Reads the newest checkpoint into weights and optimizer; null if there is none.
   *
   * @throws TrainingException of kind CHECKPOINT if it cannot be read
   */
  @Nullable TrainingState read(Parameters now, Parameters best, Optimizer optimizer) {
    try {
      List<Path> all = all();
      if (all.isEmpty()) {
        return null;
      }
      Path newest = all.get(all.size() - 1);
      TrainingState state = JSON.readValue(newest.resolve(STATE).toFile(), TrainingState.class);
      try (PointerScope scope = new PointerScope();
          InputArchive in = new InputArchive();
          InputArchive nested = new InputArchive();
          NoGradGuard guard = new NoGradGuard()) {
        in.load_from(newest.resolve(ARCHIVE).toString());
        load(in, "now:", now);
        load(in, "best:", best);
        in.read("optimizer", nested);
        optimizer.load(nested);
      }
      return state;
    } catch (IOException | RuntimeException e) {
      throw new TrainingException(
          TrainingException.Kind.CHECKPOINT,
          "cannot read the checkpoint in "
              + folder
              + " ("
              + reason(e)
              + "): remove that folder to start the stage again",
          e);
    }
  }

  private static void load(InputArchive in, String prefix, Parameters into) {
    into.each(
        (name, tensor) -> {
          Tensor read = new Tensor();
          in.read(prefix + key(name), read);
          tensor.copy_(read);
        });
  }

  private List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> String.valueOf(f.getFileName()).startsWith(PREFIX))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  /** Removes all checkpoints of a finished stage. */
  void clear() throws IOException {
    for (Path old : all()) {
      FileTrees.delete(old);
    }
    FileTrees.delete(folder.resolve("new.tmp"));
  }
}
