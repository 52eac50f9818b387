package io.cipherstream.gateway.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/**
 * How an embedding is written.
 *
 * @param dimensions how many of its first values; fewer than all are scaled to length 1 again
 * @param base64 as the base64 of little-endian 32-bit floats, else as an array of numbers
 */
record EmbeddingForm(int dimensions, boolean base64) {

  void put(ObjectNode item, String member, List<Double> values) {
    float[] vector = shortened(values);
    if (base64) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : vector) {
        bytes.putFloat(value);
      }
      item.put(member, Base64.getEncoder().encodeToString(bytes.array()));
    } else {
      ArrayNode array = item.putArray(member);
      for (float value : vector) {
        array.add(value);
      }
    }
  }

  private float[] shortened(List<Double> values) {
    double scale = 1;
    if (dimensions < values.size()) {
      double squares = 0;
      for (double value : values.subList(0, dimensions)) {
        squares += value * value;
      }
      scale = squares > 0 ? 1 / Math.sqrt(squares) : 1;
    }
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (scale * values.get(i));
    }
    return vector;
  }
}
