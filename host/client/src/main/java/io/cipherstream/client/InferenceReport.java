package io.cipherstream.client;

import java.util.List;

/**
 * How one inference went.
 *
 * @param mode {@code hybrid}, {@code paper}, {@code compact} or {@code sealed}
 * @param engine name of what computed the answer, as the appliance tells it: {@code seal}, {@code
 *     seal-limb}, {@code opencl:…}; {@link #ENGINE_UNKNOWN} from an appliance that does not tell
 * @param enginesFailed engines that failed in this inference, before another one computed all of it
 *     again; mostly none
 * @param tokens word pieces of the text, the two special ones included; stays with the client
 * @param tokensLeftOut word pieces that were cut off, where the options allow it; stays with the
 *     client
 * @param wordsLeftOut words at the end that have no label for that reason
 * @param tokenClass what the appliance sees instead: 16, 32 or 64; in modes hybrid and sealed the
 *     most tokens that its plan takes, such as 96 or 29
 * @param rounds rounds of the conversation; 0 in mode sealed
 * @param bytesUp message bytes sent for this inference, keys not included
 * @param bytesDown message bytes received
 * @param keyBytes key bytes uploaded because of this call; 0 when the session was there already
 * @param serverSeconds what the client waited for the appliance: computing, queueing, reading and
 *     writing messages, and their transfer
 * @param computeSeconds the part of it that are steps on ciphertexts, queueing included, by the
 *     appliance's own clock
 * @param clientSeconds packing, encryption, decryption and activations as far as the conversation
 *     waited for them
 * @param totalSeconds from text to answer, key upload not included
 * @param texts that shared the inference, its bytes and its times, this one included; 1 but for
 *     {@link ClientModel#askAll} in mode hybrid
 * @param warnings what looked odd in decrypted values; never told to the appliance
 */
public record InferenceReport(
    String mode,
    String engine,
    List<String> enginesFailed,
    int tokens,
    int tokensLeftOut,
    int wordsLeftOut,
    int tokenClass,
    int rounds,
    long bytesUp,
    long bytesDown,
    long keyBytes,
    double serverSeconds,
    double computeSeconds,
    double clientSeconds,
    double totalSeconds,
    int texts,
    List<String> warnings) {

  /** The engine of an appliance that does not name it. */
  public static final String ENGINE_UNKNOWN = "unknown";

  public InferenceReport {
    enginesFailed = List.copyOf(enginesFailed);
    warnings = List.copyOf(warnings);
  }
}
