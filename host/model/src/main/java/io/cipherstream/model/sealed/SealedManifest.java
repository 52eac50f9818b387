package io.cipherstream.model.sealed;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest of a sealed model says beside what every manifest does. There is a certificate,
 * or there are sentinels: a model of which neither proof nor warning can be given is not packed.
 *
 * @param spec the layers
 * @param levels of the encrypted program
 * @param ranges what was seen of each quantity
 * @param outputBound largest absolute output that the last ciphertext must hold: proved, or without
 *     a certificate {@link #OUTPUT_MARGIN} times the largest that any search found. An AA's outputs
 *     grow beyond every scale on repeated word pieces, so that its answers hold {@link
 *     #OUTPUT_MARGIN} times the largest on texts of the task, and its sentinels tell all others
 * @param headRoomBits log₂ of that bound over the largest output on texts of the task
 * @param certificate null where no finite bound can be proved
 * @param sentinels what tells texts out of range; empty where a certificate holds for all
 * @param fits what the functions of each layer's feed-forward network stood for when training
 *     began; null where that is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SealedManifest(
    SealedSpec spec,
    int levels,
    List<QuantityRange> ranges,
    double outputBound,
    double headRoomBits,
    @Nullable Certificate certificate,
    List<Sentinel> sentinels,
    @Nullable List<FitReport> fits) {

  /** What the largest output found is multiplied by where nothing is proved. */
  public static final double OUTPUT_MARGIN = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  /**
   * @throws ModelException of kind MALFORMED if a part is missing, VALUE without certificate and
   *     sentinels, without that of edges of a degree above 2, or with numbers that do not fit each
   *     other
   */
  public SealedManifest {
    if (spec == null || ranges == null || sentinels == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "sealed section: expected spec, levels, ranges, outputBound, headRoomBits and sentinels");
    }
    ranges = List.copyOf(ranges);
    sentinels = List.copyOf(sentinels);
    fits = fits == null ? null : List.copyOf(fits);
    if (fits != null && fits.size() > SealedEncoder.LAYERS) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          fits.size() + " fits of layers: expected at most " + SealedEncoder.LAYERS);
    }
    if (certificate == null && sentinels.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "a sealed model of spec "
              + spec
              + " with neither certificate nor sentinels: a wrong answer could not be told from a"
              + " right one; certify it, or calibrate sentinels");
    }
    if (spec.edges() > 2
        && sentinels.stream().noneMatch(s -> s.quantity() == Quantity.MIDDLE_FEATURE)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "a sealed model of spec "
              + spec
              + " without a sentinel of its "
              + Quantity.MIDDLE_FEATURE.text()
              + ": one neuron beyond the interval of its edges would spoil an answer unseen;"
              + " convert the model again");
    }
    if (levels != spec.levels()) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "spec " + spec + " with " + levels + " levels: expected " + spec.levels());
    }
    double needed = needed(spec, ranges, certificate);
    if (!(outputBound >= needed && outputBound < Double.POSITIVE_INFINITY && headRoomBits >= 0)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "output bound "
              + outputBound
              + " with head room of "
              + headRoomBits
              + " bits: expected at least "
              + needed
              + " and 0");
    }
  }

  private static double needed(
      SealedSpec spec, List<QuantityRange> ranges, @Nullable Certificate certificate) {
    if (certificate != null) {
      return certificate.output();
    }
    QuantityRange logits = logits(ranges);
    return OUTPUT_MARGIN * (MergedTransformer.covers(spec) ? logits.texts() : logits.anywhere());
  }

  private static QuantityRange logits(List<QuantityRange> ranges) {
    return ranges.stream()
        .filter(r -> r.quantity() == Quantity.LOGIT)
        .findFirst()
        .orElseThrow(
            () -> new ModelException(ModelException.Kind.MALFORMED, "ranges without logits"));
  }

  /** A manifest from what was seen; the head room follows. */
  public static SealedManifest of(
      SealedSpec spec,
      List<QuantityRange> ranges,
      @Nullable Certificate certificate,
      List<Sentinel> sentinels) {
    double bound = needed(spec, ranges, certificate);
    double bits = Math.log(bound / logits(ranges).texts()) / Math.log(2);
    return new SealedManifest(
        spec, spec.levels(), ranges, bound, bits, certificate, sentinels, null);
  }

  /**
   * The same that says what the functions of its layers started as.
   *
   * @param known of each feed-forward network; none where it is not known
   */
  public SealedManifest withFits(List<FitReport> known) {
    return new SealedManifest(
        spec,
        levels,
        ranges,
        outputBound,
        headRoomBits,
        certificate,
        sentinels,
        known.isEmpty() ? null : known);
  }

  JsonNode toJson() {
    return JSON.valueToTree(this);
  }

  /**
   * The section of a manifest.
   *
   * @throws ModelException of kind MALFORMED, UNSUPPORTED or VALUE
   */
  public static SealedManifest fromJson(JsonNode node) {
    try {
      return JSON.treeToValue(node, SealedManifest.class);
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof ModelException model) {
        throw model;
      }
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "sealed section of the manifest: " + e.getOriginalMessage(),
          e);
    }
  }
}
