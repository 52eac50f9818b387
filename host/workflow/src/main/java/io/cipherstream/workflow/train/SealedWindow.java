package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.WindowMixing;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The z of a window: seven neighbours and the mean, each with its own matrix. */
final class SealedWindow {

  private SealedWindow() {}

  /**
   * Σ_o U_o·x_{t+o} + U_m·mean(x) + b, [batch, tokens, width].
   *
   * @param x [batch, tokens, width], 0 at padding
   * @param share [batch, tokens]: 1/n for word pieces, 0 for padding
   * @param weight [8, width, width], U₋₃ to U₃ and U_m
   * @param bias [width]
   */
  static Tensor of(Tensor x, Tensor share, Tensor weight, Tensor bias) {
    long tokens = x.size(1);
    long width = x.size(2);
    Tensor mean = x.mul(share.unsqueeze(2)).sum(new long[] {1}, true, null);
    // rows of zeros on both sides, so that a missing neighbour adds nothing
    Tensor padded =
        torch.constant_pad_nd(
            x, new long[] {0, 0, WindowMixing.REACH, WindowMixing.REACH}, new Scalar(0));
    TensorVector columns = new TensorVector();
    for (int o = 0; o < WindowMixing.OFFSETS; o++) {
      columns.push_back(padded.narrow(1, o, tokens));
    }
    columns.push_back(mean.expand(x.size(0), tokens, width));
    Tensor joined = torch.cat(columns, -1);
    Tensor map = weight.transpose(0, 1).reshape(width, -1);
    return Torch.linear(joined, map, bias);
  }
}
