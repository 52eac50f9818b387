package io.cipherstream.cli.ask;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.network.ImageShape;
import io.cipherstream.network.NetworkDescription;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * An image as the numbers that a network takes: the darkest value of a channel becomes the least
 * number of an input, the brightest the greatest. One channel is grey, three are red, green, blue.
 */
final class ImageNumbers {

  private static final double BRIGHTEST = 255;

  private ImageNumbers() {}

  /**
   * @throws CliException for a file that is no image, or one of other sizes than the network's
   */
  static double[] read(Path file, NetworkDescription network) {
    ImageShape shape =
        network
            .image()
            .orElseThrow(
                () ->
                    CliException.badInput(
                        "network " + network.name() + " takes rows of numbers, no images"));
    BufferedImage image = image(file, shape);
    double[] numbers = new double[shape.count()];
    for (int i = 0; i < numbers.length; i++) {
      int channel = i / (shape.height() * shape.width());
      int row = i / shape.width() % shape.height();
      double value = value(image.getRGB(i % shape.width(), row), channel, shape.channels());
      numbers[i] = network.domain(i).fromUnit(2 * value / BRIGHTEST - 1);
    }
    return numbers;
  }

  private static double value(int rgb, int channel, int channels) {
    int red = rgb >> 16 & 255;
    int green = rgb >> 8 & 255;
    int blue = rgb & 255;
    if (channels == 1) {
      return red == green && green == blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    }
    return channel == 0 ? red : channel == 1 ? green : blue;
  }

  /** The sizes are looked at before the pixels are read, which could be any number. */
  private static BufferedImage image(Path file, ImageShape shape) {
    if (!Files.isRegularFile(file)) {
      throw CliException.badInput("no file " + file);
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw CliException.badInput(file + " is no image: expected PNG, JPEG, BMP or GIF");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        boolean channels = shape.channels() == 1 || shape.channels() == 3;
        if (width != shape.width() || height != shape.height() || !channels) {
          throw CliException.badInput(
              String.format(
                  "%s has %d x %d pixels: the network takes %d x %d of %d channels",
                  file, width, height, shape.width(), shape.height(), shape.channels()));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, file + " cannot be read as an image: " + e.getMessage(), e);
    }
  }
}
