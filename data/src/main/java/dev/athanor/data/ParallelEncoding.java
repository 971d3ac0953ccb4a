package dev.athanor.data;

import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Texts tokenised by several threads, in their order, whatever the number of threads. The thread that asks reads the texts; so many are
/// under way that every thread has work, but never more characters than a limit, or one text where that alone is longer.
///
/// @param <T> what has a text
public final class ParallelEncoding<T> implements Iterator<ParallelEncoding.Encoded<T>>, AutoCloseable {
  /// Texts are handed to a thread together until they have so many characters, so that handing over costs little.
  private static final int BATCH_CHARACTERS = 1 << 15;

  private static final int BATCH_TEXTS = 256;
  private static final long CHARACTERS_UNDER_WAY = 1 << 23;

  private final Iterator<? extends T> items;
  private final Function<? super T, String> text;
  private final Tokenizer tokenizer;
  private final ExecutorService threads;
  private final int most;
  private final Deque<Batch<T>> underWay = new ArrayDeque<>();
  private long characters;
  private Iterator<Encoded<T>> ready = List.<Encoded<T>>of().iterator();

  /// @param ids of the text alone, nothing around them
  /// @param utf8Bytes of the text
  public record Encoded<T>(T item, int[] ids, long utf8Bytes) {}

  private record Batch<T>(Future<List<Encoded<T>>> encoded, long characters) {}

  public ParallelEncoding(Iterator<? extends T> items, Function<? super T, String> text, Tokenizer tokenizer, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("there is at least 1 thread, not " + threads);
    }
    this.items = items;
    this.text = text;
    this.tokenizer = tokenizer;
    this.threads = Executors.newFixedThreadPool(threads);
    most = 4 * threads;
  }

  @Override
  public boolean hasNext() {
    while (!ready.hasNext()) {
      while (items.hasNext() && underWay.size() < most && (underWay.isEmpty() || characters < CHARACTERS_UNDER_WAY)) {
        submit();
      }
      if (underWay.isEmpty()) {
        return false;
      }
      Batch<T> first = underWay.remove();
      ready = await(first.encoded).iterator();
      characters -= first.characters;
    }
    return true;
  }

  @Override
  public Encoded<T> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.next();
  }

  private void submit() {
    List<T> batch = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    long size = 0;
    while (items.hasNext() && size < BATCH_CHARACTERS && batch.size() < BATCH_TEXTS) {
      T item = items.next();
      String of = text.apply(item);
      batch.add(item);
      texts.add(of);
      size += of.length();
    }
    underWay.add(new Batch<>(threads.submit(() -> encode(batch, texts)), size));
    characters += size;
  }

  private List<Encoded<T>> encode(List<T> batch, List<String> texts) {
    List<Encoded<T>> encoded = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      String each = texts.get(i);
      encoded.add(new Encoded<>(batch.get(i), tokenizer.encode(each), each.getBytes(StandardCharsets.UTF_8).length));
    }
    return encoded;
  }

  private static <R> R await(Future<R> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while tokenising", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException("tokenising failed", e.getCause());
    }
  }

  /// Gives up what is under way.
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
