package dev.athanor.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the official client makes of the server.
@Timeout(60)
class OpenAiClientTest {
  private static final List<String> PIECES = List.of("public ", "void ", "炼丹", "()", " {", "}\n", "// 完");

  private final TestServer server;
  private final OpenAIClient client;

  OpenAiClientTest() {
    server =
        TestServer.start(
            ServerOptions.DEFAULTS.withPort(0).withApiKey("k"),
            "m",
            ScriptedGenerator.saying(PIECES.toArray(String[]::new)));
    client = client("k");
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(server.url() + "/v1").apiKey(key).maxRetries(0).build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder().model("m").addSystemMessage("简短").addUserMessage("write");
  }

  @Test
  void models_list_namesTheModel() {
    assertThat(client.models().list().data()).extracting(Model::id).containsExactly("m");
    assertThat(client.models().retrieve("m").id()).isEqualTo("m");
    assertThatThrownBy(() -> client.models().retrieve("other")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void chat_streamed_equalsWhole() {
    ChatCompletion whole = client.chat().completions().create(chat().build());
    String expected = whole.choices().getFirst().message().content().orElseThrow();
    assertThat(expected).isEqualTo(String.join("", PIECES));

    var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    StringBuilder streamed = new StringBuilder();
    long completionTokens = 0;
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(chat().streamOptions(options).build())) {
      for (ChatCompletionChunk chunk : (Iterable<ChatCompletionChunk>) chunks.stream()::iterator) {
        chunk.choices().forEach(choice -> streamed.append(choice.delta().content().orElse("")));
        completionTokens += chunk.usage().map(usage -> usage.completionTokens()).orElse(0L);
      }
    }
    assertThat(streamed).hasToString(expected);
    assertThat(completionTokens).isEqualTo(PIECES.size()).isEqualTo(whole.usage().orElseThrow().completionTokens());
  }

  @Test
  void chat_withLogprobs_listsEveryToken() {
    ChatCompletion answer = client.chat().completions().create(chat().logprobs(true).topLogprobs(1).build());
    List<ChatCompletionTokenLogprob> tokens =
        answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertThat(tokens).extracting(ChatCompletionTokenLogprob::token).isEqualTo(PIECES);
    assertThat(tokens.getFirst().logprob()).isEqualTo(-0.25);
    assertThat(tokens.getFirst().topLogprobs()).singleElement().satisfies(top -> assertThat(top.logprob()).isEqualTo(-0.25));
    assertThat(tokens.get(2).bytes().orElseThrow()).startsWith(0xE7L, 0x82L);
  }

  @Test
  void chat_withStop_endsBeforeIt() {
    ChatCompletion answer = client.chat().completions().create(chat().stopOfStrings(List.of("()", "nope")).build());
    assertThat(answer.choices().getFirst().message().content()).hasValue("public void 炼丹");
    assertThat(answer.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
  }

  @Test
  void chat_severalAnswers_comeWholeAndStreamedWithTheirIndex() {
    ChatCompletion whole = client.chat().completions().create(chat().n(3).build());
    assertThat(whole.choices()).extracting(ChatCompletion.Choice::index).containsExactly(0L, 1L, 2L);
    assertThat(whole.choices()).allSatisfy(choice -> assertThat(choice.message().content()).hasValue(String.join("", PIECES)));
    assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(3L * PIECES.size());

    var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    List<StringBuilder> streamed = List.of(new StringBuilder(), new StringBuilder(), new StringBuilder());
    long endings = 0;
    long completionTokens = 0;
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(chat().n(3).streamOptions(options).build())) {
      for (ChatCompletionChunk chunk : (Iterable<ChatCompletionChunk>) chunks.stream()::iterator) {
        for (ChatCompletionChunk.Choice choice : chunk.choices()) {
          streamed.get((int) choice.index()).append(choice.delta().content().orElse(""));
          endings += choice.finishReason().isPresent() ? 1 : 0;
        }
        completionTokens += chunk.usage().map(usage -> usage.completionTokens()).orElse(0L);
      }
    }
    assertThat(streamed).allSatisfy(text -> assertThat(text).hasToString(String.join("", PIECES)));
    assertThat(endings).isEqualTo(3);
    assertThat(completionTokens).isEqualTo(3L * PIECES.size());
  }

  @Test
  void completion_withMaxTokens_endsForLength() {
    var params = CompletionCreateParams.builder().model("m").prompt("p").maxTokens(2).build();
    Completion answer = client.completions().create(params);
    assertThat(answer.choices().getFirst().text()).isEqualTo("public void ");
    assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("length");
    StringBuilder streamed = new StringBuilder();
    try (StreamResponse<Completion> chunks = client.completions().createStreaming(params)) {
      chunks.stream().forEach(chunk -> chunk.choices().forEach(choice -> streamed.append(choice.text())));
    }
    assertThat(streamed).hasToString("public void ");
  }

  @Test
  void errors_areTheClientsOwnTypes() {
    assertThatThrownBy(() -> client.chat().completions().create(chat().n(65).build()))
        .isInstanceOfSatisfying(BadRequestException.class, e -> assertThat(e.param()).hasValue("n"));
    assertThatThrownBy(() -> client.chat().completions().create(chat().addUserMessage("x".repeat(300)).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.code()).hasValue("context_length_exceeded"));
    OpenAIClient stranger = client("wrong");
    assertThatThrownBy(() -> stranger.models().list()).isInstanceOf(UnauthorizedException.class);
    stranger.close();
  }
}
