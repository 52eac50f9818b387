package io.cipherstream.server.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An inference id and its position in a session's order, as stored on disk in 32 bytes that never
 * cross a disk sector: order, id, CRC-32C of both. A slot with a wrong checksum was cut off during
 * its write, before anyone was told that it was written.
 *
 * @param order 1 for the session's first inference
 * @param id 32 hexadecimal digits
 */
record InferenceSlot(long order, String id) {

  static final int BYTES = 32;
  private static final int ID_BYTES = 16;
  private static final int CHECKED_BYTES = Long.BYTES + ID_BYTES;

  /** Where it lies in a file of so many slots, in bytes; the oldest is overwritten. */
  long position(int slots) {
    return (order - 1) % slots * BYTES;
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(order).put(HexFormat.of().parseHex(id));
    return bytes.putLong(checksum(bytes.array(), 0)).flip();
  }

  /** Every whole slot of a file, oldest first. */
  static List<InferenceSlot> decode(byte[] file) {
    List<InferenceSlot> slots = new ArrayList<>();
    for (int at = 0; at + BYTES <= file.length; at += BYTES) {
      ByteBuffer bytes = ByteBuffer.wrap(file, at, BYTES);
      long order = bytes.getLong();
      byte[] id = new byte[ID_BYTES];
      bytes.get(id);
      if (order > 0 && bytes.getLong() == checksum(file, at)) {
        slots.add(new InferenceSlot(order, HexFormat.of().formatHex(id)));
      }
    }
    slots.sort(Comparator.comparingLong(InferenceSlot::order));
    return slots;
  }

  private static long checksum(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, CHECKED_BYTES);
    return crc.getValue();
  }
}
