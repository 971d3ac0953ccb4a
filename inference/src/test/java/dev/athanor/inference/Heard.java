package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Collects what a listener hears.
final class Heard implements Consumer<GenerationEvent> {
  final List<GenerationEvent> events = new ArrayList<>();
  final CountDownLatch begun = new CountDownLatch(1);
  final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch held;

  Heard() {
    this(new CountDownLatch(0));
  }

  /// Holds the engine up until the latch is at zero: what needs several requests at once then does not depend on how fast the engine is.
  Heard(CountDownLatch held) {
    this.held = held;
  }

  @Override
  public void accept(GenerationEvent event) {
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    events.add(event);
    (event instanceof Text ? begun : over).countDown();
  }

  GenerationEvent last() throws InterruptedException {
    assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    return events.getLast();
  }

  /// The tokens of a text that has ended well.
  List<Integer> ids() throws InterruptedException {
    assertThat(last()).isInstanceOf(Finished.class);
    return events.stream()
        .flatMap(e -> e instanceof Text text ? text.tokens().stream() : Stream.<Token>empty())
        .map(Token::id)
        .toList();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    events.forEach(e -> text.append(e instanceof Text t ? t.text() : ""));
    return text.toString();
  }

  FinishReason reason() throws InterruptedException {
    if (last() instanceof Finished finished) {
      return finished.reason();
    }
    throw new AssertionError(last().toString());
  }
}
