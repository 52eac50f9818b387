package io.cipherstream.gateway.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.Asking;
import io.cipherstream.gateway.door.Door;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.door.Routes;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * The page at {@code GET /}, its own files and those that it shares with {@code /try}, and what its
 * script asks: {@code GET /page/models}, {@code POST /page/ask}. A strict Content-Security-Policy
 * allows nothing but these.
 */
public final class PageDoor implements Door {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri"
          + " 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ModelDirectory models;

  public PageDoor(ModelDirectory models) {
    this.models = models;
  }

  @Override
  public String name() {
    return "page";
  }

  @Override
  public boolean owns(String path) {
    return path.equals("/") || path.startsWith("/page/");
  }

  @Override
  public void mount(Routes routes) {
    file(routes, "/", "page.html", "text/html; charset=utf-8");
    for (String name : List.of("common", "page")) {
      file(routes, "/page/" + name + ".css", name + ".css", "text/css; charset=utf-8");
      file(routes, "/page/" + name + ".js", name + ".js", "text/javascript; charset=utf-8");
    }
    routes.get("/page/models", "models", ctx -> list());
    routes.post("/page/ask", "ask", (ctx, body) -> ask(ctx, new Members(body, routes.limits())));
  }

  private static void file(Routes routes, String path, String name, String type) {
    Buffer content = Buffer.buffer(read(name));
    routes.get(
        path,
        "file",
        (ctx, exchange) -> {
          ctx.response().putHeader("Content-Security-Policy", POLICY);
          ctx.response().putHeader("Referrer-Policy", "no-referrer");
          ctx.response().putHeader("Cross-Origin-Opener-Policy", "same-origin");
          ctx.response().putHeader("Cross-Origin-Resource-Policy", "same-origin");
          exchange.send(type, content);
        });
  }

  private static byte[] read(String name) {
    try (InputStream in = PageDoor.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program's package has no " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode list() {
    ArrayNode list = StrictJson.MAPPER.createArrayNode();
    for (AnsweringModel model : models.all()) {
      ObjectNode item = list.addObject().put("name", model.name());
      model
          .facts()
          .ifPresent(
              facts ->
                  item.put("mode", facts.mode())
                      .put("gives", facts.gives().words())
                      .put("pairs", takesPairs(facts)));
    }
    return list;
  }

  private static boolean takesPairs(ModelFacts facts) {
    return facts.input().equals(Optional.of(ModelTask.Input.PAIR));
  }

  private Future<JsonNode> ask(RoutingContext ctx, Members members) {
    AnsweringModel model = models.find(members.string("model"));
    ModelFacts facts = ModelDirectory.facts(model);
    String text = members.string("text");
    Optional<String> second = members.optionalString("second").filter(t -> !t.isBlank());
    Question question =
        second.isPresent()
            ? new Question.Pair(text, second.get())
            : facts.gives() == ModelFacts.Gives.WORD_LABELS
                ? Question.Words.of(text)
                : new Question.Text(text);
    return Asking.ask(ctx, model, List.of(question), Truncation.REFUSE)
        .map(answers -> PageAnswer.of(facts, question, answers.get(0)));
  }

  @Override
  public ObjectNode problem(GatewayProblem problem) {
    return StrictJson.MAPPER
        .createObjectNode()
        .put("error", problem.message())
        .put("kind", problem.kind().slug());
  }
}
