package io.cipherstream.gateway.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.cipherstream.gateway.door.Asking;
import io.cipherstream.gateway.door.DoorExchange;
import io.cipherstream.gateway.door.Entrance;
import io.cipherstream.gateway.door.GatewayConnections;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.ProgramVersion;
import io.cipherstream.gateway.door.Traffic;
import io.cipherstream.gateway.inference.proto.ModelInferRequest;
import io.cipherstream.gateway.inference.proto.ModelInferResponse;
import io.cipherstream.gateway.inference.proto.ModelMetadataRequest;
import io.cipherstream.gateway.inference.proto.ModelMetadataResponse;
import io.cipherstream.gateway.inference.proto.ModelReadyRequest;
import io.cipherstream.gateway.inference.proto.ModelReadyResponse;
import io.cipherstream.gateway.inference.proto.ServerLiveRequest;
import io.cipherstream.gateway.inference.proto.ServerLiveResponse;
import io.cipherstream.gateway.inference.proto.ServerMetadataRequest;
import io.cipherstream.gateway.inference.proto.ServerMetadataResponse;
import io.cipherstream.gateway.inference.proto.ServerReadyRequest;
import io.cipherstream.gateway.inference.proto.ServerReadyResponse;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The Open Inference Protocol over gRPC. */
public final class OpenInferenceGrpc implements Handler<HttpServerRequest> {

  private static final String DOOR = "open-inference-grpc";
  private static final ServiceName SERVICE = ServiceName.create("inference.GRPCInferenceService");

  private final Vertx vertx;
  private final GrpcServer server;
  private final ModelDirectory models;
  private final Entrance entrance;
  private final GatewayLimits limits;
  private final GatewayConnections connections;
  private final Traffic traffic;

  /**
   * @param ready whether every model can be asked
   */
  public OpenInferenceGrpc(
      Vertx vertx,
      ModelDirectory models,
      BooleanSupplier ready,
      Entrance entrance,
      GatewayLimits limits,
      GatewayConnections connections,
      Traffic traffic) {
    this.vertx = vertx;
    this.models = models;
    this.entrance = entrance;
    this.limits = limits;
    this.connections = connections;
    this.traffic = traffic;
    this.server =
        GrpcServer.server(
            vertx,
            new GrpcServerOptions()
                .setMaxMessageSize(limits.bodyBytesMax())
                .setScheduleDeadlineAutomatically(true));
    add(
        "ServerLive",
        ServerLiveRequest.getDefaultInstance(),
        (call, request) -> done(ServerLiveResponse.newBuilder().setLive(true).build()));
    add(
        "ServerReady",
        ServerReadyRequest.getDefaultInstance(),
        (call, request) ->
            done(ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build()));
    add(
        "ModelReady",
        ModelReadyRequest.getDefaultInstance(),
        (call, request) ->
            done(
                ModelReadyResponse.newBuilder()
                    .setReady(found(request.getName(), request.getVersion()).ready())
                    .build()));
    add(
        "ServerMetadata",
        ServerMetadataRequest.getDefaultInstance(),
        (call, request) ->
            done(
                ServerMetadataResponse.newBuilder()
                    .setName(OpenInferenceDoor.SERVER)
                    .setVersion(ProgramVersion.of())
                    .build()));
    add(
        "ModelMetadata",
        ModelMetadataRequest.getDefaultInstance(),
        (call, request) -> done(metadata(found(request.getName(), request.getVersion()))));
    add("ModelInfer", ModelInferRequest.getDefaultInstance(), this::infer);
  }

  @Override
  public void handle(HttpServerRequest request) {
    server.handle(request);
  }

  /** A call and what the log says of it. Used on its event loop. */
  private static final class Call {
    private final String id = UUID.randomUUID().toString();
    private final long started = System.nanoTime();
    private final Span span = Span.current();
    private int texts;
    private String outcome = "ok";
    private Asking.@Nullable Asked asked;

    /** The caller has gone. */
    void takeBack() {
      if (asked != null) {
        asked.takeBack();
      }
    }
  }

  private static <T> Future<T> done(T answer) {
    return Future.succeededFuture(answer);
  }

  private AnsweringModel found(String name, String version) {
    return OpenInferenceDoor.found(models, name, version);
  }

  private <Q extends Message, R extends Message> void add(
      String method, Q form, BiFunction<Call, Q, Future<R>> operation) {
    ServiceMethod<Q, R> described =
        ServiceMethod.server(
            SERVICE, method, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(form));
    server.callHandler(described, request -> answer(method, request, operation));
  }

  private <Q, R> void answer(
      String method, GrpcServerRequest<Q, R> request, BiFunction<Call, Q, Future<R>> operation) {
    Call call = new Call();
    call.span.updateName(method).setAttribute(Spans.REQUEST, call.id);
    traffic.begun();
    connections.begun(request.connection());
    request.exceptionHandler(gone -> call.takeBack());
    read(method, request)
        .compose(message -> operation.apply(call, message))
        .onComplete(
            done -> {
              Future<Void> sent =
                  done.succeeded()
                      ? request.response().end(done.result())
                      : fail(call, request, done.cause());
              awaitReader(request.connection(), sent);
              traffic.ended(
                  call.id,
                  DOOR,
                  method,
                  call.outcome,
                  call.texts,
                  System.nanoTime() - call.started);
            });
  }

  /** Closes the connection of a caller that does not read its answer. */
  private void awaitReader(HttpConnection connection, Future<Void> sent) {
    long timer =
        vertx.setTimer(1000L * limits.replySeconds(), late -> GatewayConnections.abort(connection));
    sent.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          connections.answered(connection);
        });
  }

  /** The message, if the caller may come in. */
  private <Q, R> Future<Q> read(String method, GrpcServerRequest<Q, R> request) {
    try {
      boolean health = method.equals("ServerLive") || method.equals("ServerReady");
      if (!health) {
        entrance.checkToken(request.headers().get("authorization"));
        traffic.check();
      }
      @Nullable String encoding = request.encoding();
      if (encoding != null && !encoding.toLowerCase(Locale.ROOT).equals("identity")) {
        throw GatewayProblem.of(
            GatewayProblemKind.MEDIA_TYPE, "the message is compressed: expected it as it is");
      }
      return request
          .last()
          .transform(
              read ->
                  read.succeeded() && read.result() != null
                      ? Future.succeededFuture(read.result())
                      : Future.failedFuture(unreadable(method, read.cause())));
    } catch (GatewayProblem e) {
      return Future.failedFuture(e);
    }
  }

  private GatewayProblem unreadable(String method, @Nullable Throwable cause) {
    return cause instanceof MessageSizeOverflowException
        ? GatewayProblem.of(
            GatewayProblemKind.TOO_LARGE,
            "the message is larger than " + limits.bodyBytesMax() + " bytes, the most there may be")
        : GatewayProblem.of(
            GatewayProblemKind.MALFORMED,
            "the call has no message that can be read: expected one " + method + "Request");
  }

  private <Q, R> Future<Void> fail(Call call, GrpcServerRequest<Q, R> request, Throwable cause) {
    GatewayProblem problem = DoorExchange.problem(cause);
    call.outcome = problem.kind().slug();
    call.span.setAttribute(Spans.OUTCOME, call.outcome);
    if (problem.kind() == GatewayProblemKind.INTERNAL) {
      traffic.failed(call.id, cause);
    }
    return request.response().status(status(problem.kind())).statusMessage(problem.message()).end();
  }

  private static GrpcStatus status(GatewayProblemKind kind) {
    return switch (kind) {
      case MALFORMED, INVALID, INPUT, WRONG_MODEL -> GrpcStatus.INVALID_ARGUMENT;
      case UNAUTHORIZED -> GrpcStatus.UNAUTHENTICATED;
      case FORBIDDEN, MISDIRECTED -> GrpcStatus.PERMISSION_DENIED;
      case NOT_FOUND, MODEL_UNKNOWN -> GrpcStatus.NOT_FOUND;
      case METHOD_NOT_ALLOWED, MEDIA_TYPE -> GrpcStatus.UNIMPLEMENTED;
      case TOO_LARGE, OVERLOADED -> GrpcStatus.RESOURCE_EXHAUSTED;
      case REQUEST_TIMEOUT, DEADLINE -> GrpcStatus.DEADLINE_EXCEEDED;
      case INTERNAL -> GrpcStatus.INTERNAL;
      case APPLIANCE, UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
    };
  }

  private static ModelMetadataResponse metadata(AnsweringModel model) {
    ModelFacts facts = ModelDirectory.facts(model);
    return ModelMetadataResponse.newBuilder()
        .setName(model.name())
        .addVersions(OpenInferenceDoor.VERSION)
        .setPlatform(OpenInferenceDoor.PLATFORM)
        .addAllInputs(described(TensorDescription.inputs(facts)))
        .addAllOutputs(described(TensorDescription.outputs(facts)))
        .build();
  }

  private static List<ModelMetadataResponse.TensorMetadata> described(
      List<TensorDescription> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                ModelMetadataResponse.TensorMetadata.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.datatype())
                    .addAllShape(tensor.shape())
                    .build())
        .toList();
  }

  private Future<ModelInferResponse> infer(Call call, ModelInferRequest request) {
    AnsweringModel model = found(request.getModelName(), request.getModelVersion());
    ModelFacts facts = ModelDirectory.facts(model);
    InferCallRequest read = GrpcInferRequest.read(request, facts, limits);
    call.texts = read.questions().size();
    call.span.setAttribute(Spans.TEXTS, call.texts);
    Asking.Asked asked =
        Asking.ask(vertx.getOrCreateContext(), model, read.questions(), read.truncation());
    call.asked = asked;
    return asked.answers().map(answers -> answered(model, facts, read, answers));
  }

  private static ModelInferResponse answered(
      AnsweringModel model, ModelFacts facts, InferCallRequest call, List<ModelAnswer> answers) {
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(model.name())
            .setModelVersion(OpenInferenceDoor.VERSION)
            .setId(call.id());
    for (OutputTensor tensor : call.wanted(OutputTensors.of(facts, call.questions(), answers))) {
      response.addOutputs(
          ModelInferResponse.InferOutputTensor.newBuilder()
              .setName(tensor.name())
              .setDatatype(tensor.datatype())
              .addAllShape(tensor.shape()));
      response.addRawOutputContents(ByteString.copyFrom(tensor.raw()));
    }
    return response.build();
  }
}
