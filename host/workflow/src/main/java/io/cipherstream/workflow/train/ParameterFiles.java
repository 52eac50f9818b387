package io.cipherstream.workflow.train;

import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.SafetensorsWriter;
import java.nio.file.Path;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Parameters as safetensors, with exact values. */
public final class ParameterFiles {

  private ParameterFiles() {}

  /**
   * @throws io.cipherstream.model.ModelException of kind IO if that fails; an old file stays
   */
  public static void write(Parameters parameters, Path file) {
    SafetensorsWriter out = new SafetensorsWriter();
    parameters.each((name, tensor) -> out.add(name, Torch.array(tensor), shape(tensor)));
    out.write(file);
  }

  private static int[] shape(Tensor tensor) {
    int[] shape = new int[(int) tensor.dim()];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = (int) tensor.size(d);
    }
    return shape;
  }

  /**
   * Reads into parameters of the same names and shapes.
   *
   * @throws io.cipherstream.model.ModelException of kind TENSOR_MISSING or SHAPE if the file holds
   *     others, or as {@link SafetensorsFile#open}
   */
  public static void read(Path file, Parameters into) {
    try (SafetensorsFile in = SafetensorsFile.open(file);
        NoGradGuard guard = new NoGradGuard()) {
      into.each(
          (name, tensor) -> {
            int[] shape = shape(tensor);
            float[] values = in.read(name).expect(shape).floats();
            long[] sizes = new long[shape.length];
            for (int d = 0; d < sizes.length; d++) {
              sizes[d] = shape[d];
            }
            tensor.copy_(Torch.floats(values, sizes));
          });
    }
  }
}
