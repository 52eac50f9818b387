package io.cipherstream.gateway.door;

import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Puts a request's questions to a model, and takes them back when the caller has gone. */
public final class Asking {

  private Asking() {}

  /** The answers in the order of the questions, or the first failure, on the request's context. */
  public static Future<List<ModelAnswer>> ask(
      RoutingContext ctx, AnsweringModel model, List<Question> questions, Truncation truncation) {
    DoorExchange.of(ctx).texts(questions.size());
    Asked asked = ask(ctx.vertx().getOrCreateContext(), model, questions, truncation);
    ctx.addEndHandler(ended -> asked.takeBack());
    return asked.answers();
  }

  /**
   * Questions that were put.
   *
   * @param answers in the order of the questions
   */
  public record Asked(Future<List<ModelAnswer>> answers, List<CompletableFuture<ModelAnswer>> all) {

    /** Nobody waits for the answers any more. */
    public void takeBack() {
      all.forEach(answer -> answer.cancel(false));
    }
  }

  /** As the other, without a request of HTTP. */
  public static Asked ask(
      Context context, AnsweringModel model, List<Question> questions, Truncation truncation) {
    List<CompletableFuture<ModelAnswer>> all = new ArrayList<>();
    Promise<List<ModelAnswer>> promise = Promise.promise();
    for (Question question : questions) {
      CompletableFuture<ModelAnswer> answer = model.ask(question, truncation);
      all.add(answer);
      if (answer.isCompletedExceptionally()) {
        break; // refused at once: the others need not be asked
      }
    }
    for (CompletableFuture<ModelAnswer> answer : all) {
      var unused =
          answer.whenComplete(
              (value, failure) -> {
                if (failure != null && promise.tryFail(cause(failure))) {
                  all.forEach(other -> other.cancel(false));
                }
              });
    }
    var unused =
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
            .thenRun(() -> promise.tryComplete(all.stream().map(CompletableFuture::join).toList()));
    Promise<List<ModelAnswer>> onContext = Promise.promise();
    promise
        .future()
        .onComplete(
            done ->
                context.runOnContext(
                    v -> {
                      if (done.succeeded()) {
                        onContext.complete(done.result());
                      } else {
                        onContext.fail(done.cause());
                      }
                    }));
    return new Asked(onContext.future(), List.copyOf(all));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
