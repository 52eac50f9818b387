package io.cipherstream.model.sealed;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelModes;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PackageContents;
import io.cipherstream.model.Ranges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sealed side of a {@link ModelPackage}: its weights and its manifest's section. The client's
 * half of such a package is that of every other one: tokenizer, embeddings and their norm.
 */
public final class SealedPackage {

  private final ModelPackage files;
  private final SealedManifest manifest;
  private final SealedEncoder encoder;

  private SealedPackage(ModelPackage files, SealedManifest manifest, SealedEncoder encoder) {
    this.files = files;
    this.manifest = manifest;
    this.encoder = encoder;
  }

  /**
   * Writes a package, whole or not at all.
   *
   * @param texts texts that the ranges of the task were seen on
   * @throws ModelException of kind EXISTS, NAME, IO, or SHAPE if manifest and model differ in spec
   */
  public static SealedPackage write(
      String name, SealedModel model, SealedManifest manifest, int texts, Path folder) {
    SealedEncoder encoder = model.encoder();
    if (!manifest.spec().equals(encoder.spec())) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a manifest of spec " + manifest.spec() + " for a model of spec " + encoder.spec());
    }
    ModelPackage written =
        ModelPackage.write(
            new PackageContents(
                name,
                encoder.shape(),
                model.embeddings(),
                model.tokenizer(),
                model.source(),
                model.licence(),
                model.task(),
                runs(encoder) ? List.of(ModelModes.SEALED) : List.of(),
                notes(model),
                ranges(encoder.layers().size(), manifest.ranges(), texts),
                manifest.toJson(),
                file -> SealedTensors.write(encoder, file)),
            folder);
    return of(written);
  }

  /** Whether there is an encrypted program of the spec. */
  private static boolean runs(SealedEncoder encoder) {
    return WindowMerge.covers(encoder.spec())
        || MergedLayers.covers(encoder.spec())
        || MergedTransformer.covers(encoder.spec());
  }

  private static List<String> notes(SealedModel model) {
    List<String> notes = new ArrayList<>(model.notes());
    if (!runs(model.encoder())) {
      notes.add(
          "No encrypted mode for a sealed model of spec "
              + model.encoder().spec()
              + ": mode sealed computes CQ, CP, CS, CA, AA and CT. The plaintext pass computes it.");
    }
    return notes;
  }

  /**
   * Reads the weights.
   *
   * @throws ModelException of kind UNSUPPORTED if the model is not a sealed one, MALFORMED, SHAPE,
   *     VALUE or TENSOR_MISSING if the package is damaged
   */
  public static SealedPackage of(ModelPackage files) {
    JsonNode section = files.manifest().sealed();
    if (section == null) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "model " + files.manifest().name() + " is not a sealed one: make one with convert");
    }
    SealedManifest manifest = SealedManifest.fromJson(section);
    SealedEncoder encoder =
        SealedTensors.read(files.weightsFile(), files.manifest().shape(), manifest.spec());
    return new SealedPackage(files, manifest, encoder);
  }

  /** The ranges of the task in the words of every manifest; what a layer has not is 0. */
  private static Ranges ranges(int layers, List<QuantityRange> seen, int texts) {
    return new Ranges(
        IntStream.range(0, layers)
            .mapToObj(
                i ->
                    new LayerRanges(
                        i == 0 ? 0 : largest(seen, i - 1, Quantity.OUTPUT),
                        largest(seen, i, Quantity.QUERY),
                        largest(seen, i, Quantity.KEY),
                        largest(seen, i, Quantity.VALUE),
                        largest(seen, i, Quantity.SCORE),
                        largest(seen, i, Quantity.MIXED),
                        largest(seen, i, Quantity.RESIDUAL),
                        largest(seen, i, Quantity.PRE_ACTIVATION),
                        largest(seen, i, Quantity.ACTIVATION),
                        largest(seen, i, Quantity.OUTPUT)))
            .toList(),
        largest(seen, SealedEncoder.LAYERS, Quantity.LOGIT),
        texts);
  }

  private static double largest(List<QuantityRange> seen, int layer, Quantity quantity) {
    return seen.stream()
        .filter(r -> r.layer() == layer && r.quantity() == quantity)
        .mapToDouble(QuantityRange::texts)
        .max()
        .orElse(0);
  }

  /** The package's files, with the client's half. */
  public ModelPackage files() {
    return files;
  }

  public SealedManifest manifest() {
    return manifest;
  }

  /** The appliance's half. */
  public SealedEncoder encoder() {
    return encoder;
  }

  /** The plaintext pass. */
  public SealedPass plaintext() {
    return new SealedPass(encoder);
  }
}
