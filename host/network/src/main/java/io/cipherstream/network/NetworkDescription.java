package io.cipherstream.network;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.model.FileDigest;
import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelFiles;
import io.cipherstream.polynomial.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code network.json} says, all of which the client may know: sizes, degrees, the ranges and
 * splines of the inputs, labels, and how well the polynomials fit. It has no weight.
 */
public final class NetworkDescription {

  /** The file's name in a package. */
  static final String FILE = "network.json";

  /** Longest network.json in bytes. */
  public static final int BYTES_MAX = 16 << 20;

  private static final int FORMAT = 1;
  private static final int LABELS_MAX = 4096;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private final About about;
  private final NetworkShape shape;
  private final FileDigest weights;

  /**
   * What is said of a network beside its sizes.
   *
   * @param kind {@code kan} or {@code layers}
   * @param source file that it was made from
   * @param labels of the outputs, if the largest one is the answer; else none
   * @param image sizes of a question that is an image, else null
   * @param fits one for each layer with polynomials, or one for all
   */
  record About(
      String name,
      String kind,
      Source source,
      List<String> labels,
      @Nullable ImageShape image,
      List<FitReport> fits) {

    About {
      labels = List.copyOf(labels);
      fits = List.copyOf(fits);
    }
  }

  /**
   * The file that a network was made from.
   *
   * @param licence of its weights, if it was said
   * @param origin where it comes from, if it was said
   */
  record Source(String file, String sha256, @Nullable String licence, @Nullable String origin) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Input(double from, double to, double @Nullable [] knots, @Nullable Integer order) {

    static Input of(InputFeatures features) {
      boolean splines = !features.knots().isEmpty();
      return new Input(
          features.domain().from(),
          features.domain().to(),
          splines ? features.knots().stream().mapToDouble(k -> k).toArray() : null,
          splines ? features.order() : null);
    }

    InputFeatures features() {
      List<Double> all = knots == null ? List.of() : Arrays.stream(knots).boxed().toList();
      return new InputFeatures(new Domain(from, to), all, order == null ? 0 : order);
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Json(
      int format,
      String name,
      String kind,
      Source source,
      List<Input> inputs,
      List<LayerShape> layers,
      List<String> labels,
      @Nullable ImageShape image,
      List<FitReport> fits,
      FileDigest weights) {}

  NetworkDescription(About about, NetworkShape shape, FileDigest weights) {
    this.about = about;
    this.shape = shape;
    this.weights = weights;
    ImageShape image = about.image();
    if (image != null && image.count() != shape.inputs().size()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          image + " for " + shape.inputs().size() + " inputs of network " + about.name());
    }
    int labels = about.labels().size();
    if (labels != 0 && (labels > LABELS_MAX || labels != shape.answers())) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          labels + " labels for " + shape.answers() + " outputs of network " + about.name());
    }
  }

  static NetworkDescription read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new ModelException(
            ModelException.Kind.MALFORMED,
            file + " has " + Files.size(file) + " bytes: at most " + BYTES_MAX);
      }
      return parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw ModelFiles.io("cannot read " + file, e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws ModelException of kind MALFORMED, SHAPE or UNSUPPORTED
   */
  public static NetworkDescription parse(byte[] json) {
    Json read;
    try {
      read = JSON.readValue(json, Json.class);
    } catch (JsonProcessingException e) {
      throw refusal(e);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.MALFORMED, "network.json: " + e, e);
    }
    if (read.format() != FORMAT) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "network.json has format " + read.format() + ": this program reads format " + FORMAT);
    }
    if (read.name() == null
        || read.kind() == null
        || read.source() == null
        || read.inputs() == null
        || read.layers() == null
        || read.labels() == null
        || read.fits() == null
        || read.weights() == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          "network.json: expected name, kind, source, inputs, layers, labels, fits and weights");
    }
    List<InputFeatures> inputs = new ArrayList<>();
    try {
      read.inputs().forEach(input -> inputs.add(input.features()));
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "network.json, inputs: " + e.getMessage(), e);
    }
    return new NetworkDescription(
        new About(
            read.name(), read.kind(), read.source(), read.labels(), read.image(), read.fits()),
        new NetworkShape(inputs, read.layers()),
        read.weights());
  }

  /** What a record's own check said, or that it is no JSON of this kind. */
  private static ModelException refusal(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ModelException own) {
        return own;
      }
    }
    return new ModelException(
        ModelException.Kind.MALFORMED, "network.json: " + e.getOriginalMessage(), e);
  }

  /** The file's content. */
  public byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(
          new Json(
              FORMAT,
              about.name(),
              about.kind(),
              about.source(),
              shape.inputs().stream().map(Input::of).toList(),
              shape.layers(),
              about.labels(),
              about.image(),
              about.fits(),
              weights));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a network's description is always JSON", e);
    }
  }

  public String name() {
    return about.name();
  }

  /** What it was before: {@code kan}, or {@code layers} of an ONNX file. */
  public String kind() {
    return about.kind();
  }

  /** Name of the file that it was made from. */
  public String sourceFile() {
    return about.source().file();
  }

  /** Licence of the weights. */
  public String licence() {
    String said = about.source().licence();
    return said == null ? "not stated" : said;
  }

  /** Degrees of the polynomials, layer by layer; 1 for the first layer's matrix. */
  public List<Integer> degrees() {
    return shape.layers().stream().map(LayerShape::degree).toList();
  }

  /** Names of the outputs, if the largest one is the answer; else none. */
  public List<String> labels() {
    return about.labels();
  }

  /** Sizes of a question that is an image, channels first; empty if questions are rows. */
  public Optional<ImageShape> image() {
    return Optional.ofNullable(about.image());
  }

  public List<FitReport> fits() {
    return about.fits();
  }

  FileDigest weights() {
    return weights;
  }

  NetworkShape shape() {
    return shape;
  }

  /** Numbers of a question. */
  public int inputs() {
    return shape.inputs().size();
  }

  /** Numbers of an answer. */
  public int outputs() {
    return shape.answers();
  }

  /** Widths of the layers in a line: inputs, then what each layer gives. */
  public List<Integer> widths() {
    List<Integer> widths = new ArrayList<>(List.of(inputs()));
    shape.layers().subList(0, shape.layers().size() - 1).forEach(l -> widths.add(l.outputs()));
    widths.add(outputs());
    return widths;
  }

  /** Numbers that an input takes. */
  public Domain domain(int input) {
    return shape.inputs().get(input).domain();
  }

  /** Levels that an encrypted pass takes. */
  public int levels() {
    return shape.levels();
  }

  /** The plan, which both sides derive from this. */
  public NetworkPlan plan() {
    return new NetworkPlan(shape);
  }
}
