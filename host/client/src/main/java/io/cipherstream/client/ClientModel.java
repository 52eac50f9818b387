package io.cipherstream.client;

import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.Head;
import io.cipherstream.model.Logits;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelModes;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Question;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.TokenClass;
import io.opentelemetry.api.trace.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * A model of the appliance in one mode. Inferences run one at a time; the session and the
 * connection are kept between them.
 */
public final class ClientModel implements AutoCloseable {

  private final ClientOptions options;
  private final CallLimit limit;
  private final ModelDescription description;
  private final ClientPackage pack;
  private final InferenceMode mode;
  private final List<InferencePlan> plans;
  private final AnswerMaker answers;
  private final ModelSession session;

  private ClientModel(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription description,
      ClientPackage pack,
      InferenceMode mode,
      List<InferencePlan> plans,
      List<String> notes) {
    this.options = options;
    this.limit = new CallLimit(options);
    this.description = description;
    this.pack = pack;
    this.mode = mode;
    this.plans = plans;
    this.answers = new AnswerMaker(mode, notes);
    this.session = new ModelSession(http, options, workers, description, mode, plans);
  }

  static ClientModel open(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      String name,
      Optional<String> wanted) {
    ModelDescription description = ModelDescription.fetch(http, name);
    String written = wanted.orElseGet(() -> preferred(description));
    String word = ModelModes.current(written);
    List<String> notes = word.equals(written) ? List.of() : List.of(ModelModes.ASSISTED_NOTE);
    if (!description.modes().contains(word)) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "model " + name + " has no mode '" + word + "'; its modes: " + description.modes());
    }
    PackageCache cache = new PackageCache(options.home().resolve("packages"));
    ClientPackage pack = cache.open(http, description, options.progress());
    InferenceMode mode = InferenceMode.parse(word);
    try {
      List<InferencePlan> plans =
          ModelPlans.of(pack.manifest(), mode).stream()
              .filter(plan -> description.serves(word, plan.tokenClass()))
              .toList();
      if (plans.isEmpty()) {
        throw new ClientException(
            Kind.PROTOCOL,
            "the appliance serves token classes "
                + description.tokenClasses().get(word)
                + " of model "
                + name
                + ", none of which its package has");
      }
      return new ClientModel(http, options, workers, description, pack, mode, plans, notes);
    } catch (IllegalArgumentException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the client package of " + name + " has no plan: " + e.getMessage(), e);
    }
  }

  private static String preferred(ModelDescription description) {
    if (description.modes().isEmpty()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "model " + description.name() + " offers no encrypted mode; see 'model inspect'");
    }
    return description.modes().get(0);
  }

  public String name() {
    return description.name();
  }

  public String mode() {
    return mode.label();
  }

  /** Class names in the order of the logits; empty for a model of embeddings or values. */
  public List<String> labels() {
    return pack.manifest().shape().labels();
  }

  /** Sizes and variants of the model; its head says what it outputs. */
  public ModelShape shape() {
    return pack.manifest().shape();
  }

  /** The task that the model was trained for, if its package says it. */
  public Optional<ModelTask> task() {
    return Optional.ofNullable(pack.manifest().task());
  }

  /** The kind of input if the model takes only one; empty if it takes texts and pairs. */
  public Optional<ModelTask.Input> input() {
    return Optional.ofNullable(pack.questions().input());
  }

  /**
   * The number of word pieces of a text, including the two special ones; nothing is sent.
   *
   * @throws ClientException of kind INPUT_EMPTY, or INPUT_TOO_LONG which names the limit; a text is
   *     cut only if {@link ClientOptions#truncation} says so
   */
  public int[] tokens(String text) {
    return tokens(new Question.Text(text)).tokens().ids();
  }

  /**
   * A question's tokens, cut to what the model takes if {@link ClientOptions#truncation} says so;
   * nothing is sent.
   *
   * @throws ClientException of kind INPUT_EMPTY, INPUT_TOO_LONG which names the limit, or
   *     INPUT_UNSUPPORTED which says what the model takes
   */
  public EncodedQuestion tokens(Question question) {
    return tokens(question, options.truncation());
  }

  /** As {@link #tokens(Question)}, whatever {@link ClientOptions#truncation} says. */
  public EncodedQuestion tokens(Question question, Truncation truncation) {
    try {
      if (truncation == Truncation.CUT) {
        return pack.questions().limitedTo(tokensMax()).encode(question, Truncation.CUT);
      }
      EncodedQuestion encoded = pack.questions().encode(question);
      requireServed(encoded.tokens().length());
      return encoded;
    } catch (ModelException e) {
      Kind kind =
          switch (e.kind()) {
            case TEXT_TOO_LONG -> Kind.INPUT_TOO_LONG;
            case TEXT_INPUT -> Kind.INPUT_UNSUPPORTED;
            default -> Kind.INPUT_EMPTY;
          };
      throw new ClientException(kind, String.valueOf(e.getMessage()), e);
    }
  }

  /** The most tokens of a question, the special ones included, that the appliance has room for. */
  public int tokensMax() {
    return Math.min(
        pack.manifest().tokensMax(),
        plans.stream()
            .filter(plan -> !plan.takesManyTexts())
            .mapToInt(InferencePlan::tokenClass)
            .max()
            .orElse(0));
  }

  /** The messages of an inference, by the token class that its report names. */
  public Map<Integer, List<Passage>> passages() {
    return plans.stream()
        .collect(Collectors.toUnmodifiableMap(InferencePlan::tokenClass, Passage::of));
  }

  private void requireServed(int tokens) {
    if (tokens > tokensMax()) {
      throw new ClientException(
          Kind.INPUT_TOO_LONG,
          tokens
              + " tokens: this appliance serves model "
              + name()
              + " in mode "
              + mode()
              + " for at most "
              + tokensMax()
              + " tokens (its token classes: "
              + session.tokenClasses()
              + "; larger ones do not fit into its memory)");
    }
  }

  /**
   * Asks a question under encryption, whatever the model's head.
   *
   * @throws ClientException as {@link #tokens(Question)} before anything is sent; of other kinds if
   *     the inference fails
   */
  public Answer ask(Question question) {
    return ask(tokens(question));
  }

  /** As {@link #ask(Question)}, for a question whose {@link #tokens} are known. */
  public Answer ask(EncodedQuestion question) {
    return infer(question);
  }

  /**
   * Asks a question whose answer is fetched later: the appliance computes it while this client is
   * away. Its answer is kept there for an hour, unless it is configured otherwise.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for a mode with rounds; as {@link #ask}
   */
  public PendingAnswer submit(EncodedQuestion question) {
    InferencePlan plan = planOf(question);
    if (!plan.rounds().isEmpty()) {
      throw new ClientException(
          Kind.MODE_UNSUPPORTED,
          "mode "
              + mode()
              + " of model "
              + name()
              + " has rounds, in which this client takes part: an answer cannot be fetched later");
    }
    return limit.within(() -> session.submit(plan, () -> run(List.of(question), plan)));
  }

  /**
   * The answer to a question that was {@linkplain #submit submitted}, once it is there.
   *
   * @param question the same one
   * @param seconds to wait for it, at most 30
   * @return empty if it is not there yet
   * @throws ClientException if the job has failed, was deleted, or has expired
   */
  public Optional<Answer> fetch(PendingAnswer pending, EncodedQuestion question, int seconds) {
    InferencePlan plan = planOf(question);
    List<EncodedQuestion> one = List.of(question);
    return limit
        .within(
            () ->
                session
                    .over(pending, seconds)
                    .map(of -> session.fetch(pending, of, plan, run(one, plan))))
        .map(made -> answers.of(one, plan, made).get(0));
  }

  /** Ends what was submitted, or deletes its answer. */
  public void cancel(PendingAnswer pending) {
    session.cancel(pending);
  }

  /**
   * Makes or finds keys and session, which the first inference does otherwise.
   *
   * @throws ClientException as the first inference
   */
  public void prepare() {
    limit.within(
        () -> {
          session.prepare();
          return true;
        });
  }

  /** Hears of each answer of {@link #askAll}. */
  public interface Answers {
    /**
     * @param index of the question
     */
    void answered(int index, Answer answer);
  }

  /**
   * Asks many questions. In mode hybrid, and of a CQ in mode sealed, neighbours share inferences
   * where that costs less than one inference each; the report of an answer is then that of the
   * inference, which it shares with others. In other modes, and for the rest, it is one inference a
   * question.
   *
   * @param answers called in the order of the questions, while later ones are still to be asked
   * @throws ClientException as {@link #tokens(Question)} for the first question that cannot be
   *     asked, before anything is sent; of other kinds if an inference fails
   */
  public void askAll(List<Question> questions, Answers answers) {
    askEncoded(questions.stream().map(this::tokens).toList(), answers);
  }

  /** Most questions that can share an inference; 1 where each has one of its own. */
  public int questionsTogether() {
    return plans.stream().mapToInt(plan -> plan.agreed().answers()).max().orElse(1);
  }

  /** As {@link #askAll}, for questions whose {@link #tokens} are known. */
  public void askEncoded(List<EncodedQuestion> encoded, Answers answers) {
    Optional<InferencePlan> shared = plans.stream().filter(InferencePlan::takesManyTexts).findAny();
    int next = 0;
    while (next < encoded.size()) {
      int end = shared.isPresent() ? SharedInference.end(encoded, next, shared.get()) : next;
      if (end > next) {
        List<Answer> made = infer(encoded.subList(next, end), shared.orElseThrow());
        for (Answer answer : made) {
          answers.answered(next++, answer);
        }
      } else {
        answers.answered(next, infer(encoded.get(next)));
        next++;
      }
    }
  }

  /** As {@link #classify(Question)} for one text. */
  public Classification classify(String text) {
    return classify(new Question.Text(text));
  }

  /** As {@link #classify(Question)} for a pair of texts. */
  public Classification classify(String first, String second) {
    return classify(new Question.Pair(first, second));
  }

  /**
   * Classifies a text or a pair under encryption.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for a model without classes, or that labels
   *     words; otherwise as {@link #ask}
   */
  public Classification classify(Question question) {
    require(shape().classifies() && !labelsWords(), "a label");
    return classification(ask(question));
  }

  /** What an answer of a model of classes says. */
  public Classification classification(Answer answer) {
    List<Double> logits = answer.rows().get(0);
    return new Classification(labels().get(Logits.best(logits)), logits, answer.report());
  }

  /**
   * Which of a model's labels hold for a text or a pair, any number of them, under encryption.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for another model; otherwise as {@link #ask}
   */
  public LabelSet labelsOf(Question question) {
    require(shape().head() == Head.LABELS, "any number of labels");
    return labelSet(ask(question));
  }

  /** What an answer of a model with any number of labels says. */
  public LabelSet labelSet(Answer answer) {
    List<Double> logits = answer.rows().get(0);
    List<String> holding = new ArrayList<>();
    for (int i = 0; i < logits.size(); i++) {
      if (logits.get(i) >= 0) {
        holding.add(labels().get(i));
      }
    }
    return new LabelSet(holding, logits, answer.report());
  }

  /**
   * The number a regression model gives for a text or a pair, under encryption.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for another model; otherwise as {@link #ask}
   */
  public Estimate estimate(Question question) {
    require(shape().head() == Head.VALUE, "a value");
    return estimate(ask(question));
  }

  /** What an answer of a regression model says. */
  public Estimate estimate(Answer answer) {
    return new Estimate(answer.rows().get(0).get(0), answer.report());
  }

  /**
   * A label for each word, under encryption. Words without a word piece, such as a soft hyphen, are
   * left out of the answer. So are words that were cut (see {@link ClientOptions#truncation}),
   * which the report counts.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for another model; otherwise as {@link #ask}
   */
  public WordLabels label(List<String> words) {
    require(labelsWords(), "a label a word");
    EncodedQuestion question = tokens(new Question.Words(words));
    Answer answer = infer(question);
    List<WordLabels.WordLabel> out = new ArrayList<>();
    for (int i = 0; i < question.words().length; i++) {
      List<Double> logits = answer.rows().get(i);
      String word = words.get(question.words()[i]);
      out.add(new WordLabels.WordLabel(word, labels().get(Logits.best(logits)), logits));
    }
    return new WordLabels(out, answer.report());
  }

  /**
   * Computes a text's embedding under encryption.
   *
   * @throws ClientException of kind MODE_UNSUPPORTED for another model; otherwise as {@link #ask}
   */
  public Embedding embed(String text) {
    require(shape().head().embeds(), "an embedding");
    return embedding(ask(new Question.Text(text)));
  }

  /** What an answer of an embedding model says. */
  public Embedding embedding(Answer answer) {
    return new Embedding(answer.rows().get(0), answer.report());
  }

  private boolean labelsWords() {
    return shape().pooling() == Pooling.NONE;
  }

  private void require(boolean fits, String asked) {
    if (fits) {
      return;
    }
    String gives =
        switch (shape().head()) {
          case EMBEDDING, VECTOR -> "embeddings: use embed";
          case VALUE -> "a value: use classify, in Java estimate";
          case LABELS -> "any number of labels: use classify, in Java labelsOf";
          case CLASSES ->
              labelsWords()
                  ? "a label a word: use classify, in Java label"
                  : "labels: use classify";
        };
    throw new ClientException(
        Kind.MODE_UNSUPPORTED,
        "model " + name() + " gives " + gives + " (asked for: " + asked + ")");
  }

  private Answer infer(EncodedQuestion question) {
    return infer(List.of(question), planOf(question)).get(0);
  }

  private InferencePlan planOf(EncodedQuestion question) {
    return TokenClass.choose(plans, mode, question.tokens().length());
  }

  private ClientRun run(List<EncodedQuestion> questions, InferencePlan plan) {
    List<TokenSequence> tokens = questions.stream().map(EncodedQuestion::tokens).toList();
    return new ClientRun(plan, pack.embeddings(), tokens);
  }

  private List<Answer> infer(List<EncodedQuestion> questions, InferencePlan plan) {
    Span span =
        options
            .spans()
            .span("ask")
            .setAttribute(Spans.MODEL, name())
            .setAttribute(Spans.MODE, mode())
            .setAttribute(Spans.TOKEN_CLASS, (long) plan.tokenClass())
            .setAttribute(Spans.TEXTS, (long) questions.size())
            .startSpan();
    return answers.of(
        questions,
        plan,
        Spans.in(span, () -> limit.within(() -> session.infer(plan, () -> run(questions, plan)))));
  }

  @Override
  public void close() {
    session.close();
  }
}
