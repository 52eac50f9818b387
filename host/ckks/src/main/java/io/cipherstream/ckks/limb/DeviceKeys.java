package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Brings keys to the engine: as they are, or prepared for hoisted rotations. */
final class DeviceKeys {

  /** Stands for the relinearisation key where a canonical step is expected. */
  static final int RELINEARIZATION = 0;

  private record Plain(int step) {}

  private record Prepared(int step, int limbs) {}

  private record Compiled(int step, int limbs, int keyLimbs) {}

  private final CkksParameters parameters;
  private final LimbEngine engine;
  private final Residents residents;
  private final ProgramCache programs;

  DeviceKeys(CkksParameters parameters, Residents residents, ProgramCache programs) {
    this.parameters = parameters;
    this.engine = residents.engine();
    this.residents = residents;
    this.programs = programs;
  }

  /** Limbs of the key for a canonical step, at least {@code limbs}. */
  private static int limbs(KeyWords keys, int step, int limbs) {
    return step == RELINEARIZATION
        ? CkksChecks.relinearizationKey("key", keys, limbs)
        : CkksChecks.rotationKey("key", keys, step, limbs);
  }

  /** The key as it was given. */
  Residents.Lease plain(KeyWords keys, int step) {
    return residents.acquire(keys, new Plain(step), keys::onClose, () -> uploaded(keys, step));
  }

  /** The key for hoisted rotations at ℓ limbs. */
  Residents.Lease prepared(KeyWords keys, int step, int limbs) {
    return residents.acquire(
        keys, new Prepared(step, limbs), keys::onClose, () -> prepare(keys, step, limbs));
  }

  /** In place where the engine computes in the host's memory and the key lies whole there. */
  private LimbBuffer uploaded(KeyWords keys, int step) {
    Optional<KeyWords.Whole> whole =
        step == RELINEARIZATION ? keys.relinearizationWords() : keys.rotationWords(step);
    return whole.isPresent()
        ? engine.adopt(whole.get().words(), whole.get().release())
        : copied(keys, step);
  }

  private LimbBuffer copied(KeyWords keys, int step) {
    int limbs = limbs(keys, step, 1);
    int digitBytes = Math.toIntExact(2L * parameters.digitWords(limbs) * Long.BYTES);
    ByteBuffer words = ByteBuffer.allocateDirect(digitBytes).order(ByteOrder.LITTLE_ENDIAN);
    LimbBuffer buffer = engine.allocate(Emitter.keyWords(parameters, limbs));
    try {
      for (int digit = 0; digit < parameters.digits(limbs); digit++) {
        words.clear();
        if (step == RELINEARIZATION) {
          keys.copyRelinearizationDigit(digit, words);
        } else {
          keys.copyRotationDigit(step, digit, words);
        }
        engine.upload(words.flip(), buffer, (long) digit * digitBytes / Long.BYTES);
      }
      return buffer;
    } catch (RuntimeException | Error e) {
      buffer.close();
      throw e;
    }
  }

  private LimbBuffer prepare(KeyWords keys, int step, int limbs) {
    int degree = parameters.degree();
    int keyLimbs = limbs(keys, step, limbs);
    int element = parameters.galoisElement(step);
    LimbProgram program =
        programs.get(
            new Compiled(step, limbs, keyLimbs),
            () -> HoistedKeySwitch.prepare(parameters, limbs, keyLimbs, element));
    ByteBuffer flips =
        ByteBuffer.allocateDirect(degree * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    flips.asLongBuffer().put(Galois.signFlips(element, degree));
    try (LimbBuffer key = uploaded(keys, step);
        LimbBuffer mask = engine.allocate(degree)) {
      engine.upload(flips, mask, 0);
      LimbBuffer prepared = engine.allocate(HoistedKeySwitch.preparedWords(limbs, degree));
      try {
        // Not waited for: whoever reads what the key is used for hears of a failure.
        var unused =
            engine.submit(
                program, List.of(LimbView.of(key), LimbView.of(mask), LimbView.of(prepared)));
        return prepared;
      } catch (RuntimeException | Error e) {
        prepared.close();
        throw e;
      }
    }
  }
}
