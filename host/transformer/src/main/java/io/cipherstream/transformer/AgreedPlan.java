package io.cipherstream.transformer;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.RoundlessPlan;
import java.util.List;

/**
 * What client and appliance must agree on for one model, mode and token class, and all that the
 * network side knows of a plan.
 *
 * @param mode the mode's label
 * @param tokenClass T: the most tokens, [CLS] and [SEP] included; of what takes no text its size
 * @param answers that one inference gives at most, each of which a tenant's budget counts
 * @param inputs fresh encryptions that the client sends before round 0
 * @param result what the appliance sends at the end
 * @param keys that the program needs
 * @param words most words of ciphertexts that the program has open at one time on one thread of an
 *     engine that fuses products: its operands, its state and what it sends
 * @param keptWords most words of the client's ciphertexts that a run which is started again needs
 * @param digestHex SHA-256 of everything above but answers and words, and of the model's shape;
 *     both sides' plans are equal if these are
 */
public record AgreedPlan(
    String mode,
    int tokenClass,
    int answers,
    CkksParameters parameters,
    List<CiphertextSpec> inputs,
    List<Round> rounds,
    List<CiphertextSpec> result,
    KeyRequirements keys,
    long words,
    long keptWords,
    String digestHex) {

  public AgreedPlan {
    inputs = List.copyOf(inputs);
    rounds = List.copyOf(rounds);
    result = List.copyOf(result);
  }

  /** The same of what is no transformer. */
  public static AgreedPlan of(RoundlessPlan plan) {
    return new AgreedPlan(
        plan.label(),
        plan.size(),
        plan.answers(),
        plan.parameters(),
        specs(plan.inputs()),
        List.of(),
        specs(plan.result()),
        new KeyRequirements(plan.rotationLimbs(), plan.relinearizationLimbs()),
        plan.words(),
        plan.keptWords(),
        plan.digestHex());
  }

  private static List<CiphertextSpec> specs(List<CiphertextForm> forms) {
    return forms.stream().map(form -> new CiphertextSpec(form.limbs(), form.scale())).toList();
  }
}
