package io.cipherstream.network;

import io.cipherstream.model.ModelException;

/**
 * Channels, rows and columns of what lies between two layers; a vector has one row and one column.
 */
public record ImageShape(int channels, int height, int width) {

  private static final int COUNT_MAX = LayerShape.WIDTH_MAX;

  public ImageShape {
    long count = (long) channels * height;
    if (channels < 1 || height < 1 || width < 1 || count > COUNT_MAX || count * width > COUNT_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          channels
              + " channels of "
              + height
              + " x "
              + width
              + ": expected 1 to "
              + COUNT_MAX
              + " numbers");
    }
  }

  /** Numbers of all channels. */
  public int count() {
    return channels * height * width;
  }

  /** The place of a number among all. */
  int at(int channel, int row, int column) {
    return (channel * height + row) * width + column;
  }
}
