package io.cipherstream.transformer;

/**
 * Which ciphertext block and which feature position hold logical feature f of an activation.
 *
 * <p>Features lie in groups (attention heads, or the whole activation as one dense group); a group
 * of {@code groupWidth} features is padded to {@code groupStride} positions, so that a head never
 * straddles a block.
 *
 * @param count logical features
 * @param groupWidth logical features in a group
 * @param groupStride positions a group takes; divides F or is a multiple of it
 * @param features positions F in a block
 */
public record FeatureLayout(int count, int groupWidth, int groupStride, int features) {

  /** Features in order without gaps. */
  public static FeatureLayout dense(int count, int features) {
    return new FeatureLayout(count, features, features, features);
  }

  /**
   * Heads of {@code width} features padded to the next power of two.
   *
   * @throws IllegalArgumentException if a padded head does not fit a block
   */
  public static FeatureLayout heads(int heads, int width, int features) {
    int stride = strideOf(width);
    if (stride > features) {
      throw new IllegalArgumentException(
          "a head of " + width + " features does not fit blocks of " + features);
    }
    return new FeatureLayout(heads * width, width, stride, features);
  }

  /** Smallest power of two that holds a head. */
  public static int strideOf(int headWidth) {
    return headWidth == 1 ? 1 : Integer.highestOneBit(headWidth - 1) << 1;
  }

  /** Number of ciphertexts. */
  public int blocks() {
    int groups = (count + groupWidth - 1) / groupWidth;
    int perBlock = features / groupStride;
    return (groups + perBlock - 1) / perBlock;
  }

  /** Groups in a full block. */
  public int groupsPerBlock() {
    return features / groupStride;
  }

  /** Block of logical feature f. */
  public int block(int feature) {
    return feature / groupWidth / groupsPerBlock();
  }

  /** Position of logical feature f within its block. */
  public int position(int feature) {
    return feature / groupWidth % groupsPerBlock() * groupStride + feature % groupWidth;
  }

  /** Logical feature at a position of a block, or −1 if there is none. */
  public int featureAt(int block, int position) {
    int within = position % groupStride;
    int feature = (block * groupsPerBlock() + position / groupStride) * groupWidth + within;
    return within < groupWidth && feature < count ? feature : -1;
  }
}
