package io.cipherstream.core;

/**
 * Which accesses to memory keep their order.
 *
 * @param tag 1 to 15: the operation holds the tag until the memory has answered; 0: it holds none
 * @param waits bit t: the operation begins when every earlier operation that holds tag t is done
 */
public record Order(int tag, int waits) {

  /** Nothing depends on it, and it waits for nothing. */
  public static final Order FREE = new Order(0, 0);
}
