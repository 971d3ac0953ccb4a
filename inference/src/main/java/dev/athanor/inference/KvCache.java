package dev.athanor.inference;

import static dev.athanor.inference.PagePool.NONE;
import static dev.athanor.inference.PagePool.PAGE;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a model remembers of one sequence: its tokens, the pages with its keys and values, and the states of blocks that recur.
///
/// Pages are given back by `close`; until then they count against the runner's memory.
public final class KvCache implements AutoCloseable {
  private static final int FIRST_ROOM = 64;

  private final KvMemory memory;
  private int[] ids = new int[FIRST_ROOM];
  private int[] table = {};
  /// Those pages of the table are held that are before sinkPages, and those from firstPage to pages − 1.
  private int firstPage;
  private int pages;
  private int length;
  private int expected;
  /// Whether full pages are remembered, so that other sequences find them.
  private boolean shares;
  /// Of the first `remembered` pages.
  private long content;
  private int remembered;
  /// Its states' in the store; NONE before there are any.
  private int number = NONE;
  private boolean closed;
  private @Nullable LoadedAdapter adapter;

  KvCache(KvMemory memory) {
    this.memory = memory;
    firstPage = memory.sinkPages();
  }

  /// Positions that are filled.
  public int length() {
    return length;
  }

  /// Says how many tokens will be read before the first is written, however they are cut into slices. It matters to rotation with
  /// dynamic scaling alone, which depends on the sequence's length: a position turns as in a sequence of this length, or one that
  /// ends with it where that is longer. So the published library turns a prompt that it reads at once, then token by token.
  public void expect(int tokens) {
    expected = tokens;
  }

  /// Says under which adapter its tokens are read, before the first is.
  void under(@Nullable LoadedAdapter which) {
    adapter = which;
  }

  @Nullable LoadedAdapter adapter() {
    return adapter;
  }

  /// What a dynamically scaled rotation takes for the sequence's length at a position.
  int lengthAt(int position) {
    return Math.max(expected, position + 1);
  }

  /// Takes over what earlier sequences of the namespace have computed of this beginning, whole pages of it, and leaves what this one
  /// computes to later ones. To be called first. The last of the tokens is left to compute, since its logits will be wanted.
  ///
  /// @return the positions that are filled then
  public int reuse(int[] tokens, int count, Object namespace) {
    if (length > 0 || !memory.reusable()) {
      return length;
    }
    shares = true;
    PagePool pool = memory.pool();
    content = pool.root(namespace);
    while (length + PAGE < count) {
      int page = pool.find(content, tokens, length);
      if (page == NONE) {
        break;
      }
      pool.hold(page);
      append(page);
      content = pool.contentOf(page);
      remembered++;
      length += PAGE;
    }
    ids = Arrays.copyOf(tokens, Math.max(FIRST_ROOM, count));
    return length;
  }

  /// The tokens at the positions that are filled or about to be.
  int[] ids() {
    return ids;
  }

  void putId(int position, int id) {
    ids[position] = id;
  }

  /// Free pages that `reserve` would take.
  int pagesToReserve(int end) {
    return memory.window() == 0 ? 0 : Math.max(0, PagePool.pages(end) - pages) + (mustCopy() ? 1 : 0);
  }

  private boolean mustCopy() {
    return length % PAGE > 0 && !memory.pool().writable(table[length / PAGE]);
  }

  /// Makes room for positions below `end`; they count when it has advanced.
  ///
  /// @throws IllegalStateException when there are not as many free pages as pagesToReserve(end)
  void reserve(int end) {
    if (closed) {
      throw new IllegalStateException("the sequence's memory was given back");
    }
    if (end > ids.length) {
      ids = Arrays.copyOf(ids, (int) Math.max(end, Math.min(Integer.MAX_VALUE - 8, 2L * ids.length)));
    }
    if (memory.recurs()) {
      number = number == NONE ? memory.takeNumber() : number;
      memory.store().reserveStates(number);
    }
    if (memory.window() > 0) {
      reservePages(end);
    }
  }

  private void reservePages(int end) {
    for (; firstPage < Math.min(pages, memory.firstPage(length)); firstPage++) {
      memory.pool().drop(table[firstPage]);
      table[firstPage] = NONE;
    }
    if (mustCopy()) {
      int own = memory.take();
      int shared = table[length / PAGE];
      memory.copy(shared, own);
      memory.pool().drop(shared);
      table[length / PAGE] = own;
    }
    while (pages < PagePool.pages(end)) {
      append(memory.take());
    }
  }

  private boolean held(int page) {
    return page < memory.sinkPages() || page >= firstPage;
  }

  /// Writes what is computed to a file; null where it has no room, or where states would have to go with it.
  @Nullable SpilledCache spill(KvSpill file) {
    if (memory.recurs() || length == 0) {
      return null;
    }
    int[] places = new int[PagePool.pages(length)];
    Arrays.fill(places, KvSpill.NONE);
    SpilledCache spilled = new SpilledCache(file, places, firstPage, length);
    for (int i = 0; i < places.length; i++) {
      if (held(i)) {
        places[i] = file.write(table[i]);
        if (places[i] == KvSpill.NONE) {
          spilled.close();
          return null;
        }
      }
    }
    return spilled;
  }

  /// Takes back what was spilled of the same text; pages that `reuse` has found stay. Needs as many free pages as pagesToReserve says for
  /// its length.
  void restore(SpilledCache spilled, int[] tokens) {
    if (spilled.length() <= length) {
      return;
    }
    ids = Arrays.copyOf(tokens, Math.max(tokens.length, spilled.length()));
    int from = length / PAGE;
    if (spilled.firstPage() > Math.max(pages, memory.sinkPages())) {
      // What reuse has found between is no longer seen, and what follows it was given back.
      for (int i = memory.sinkPages(); i < pages; i++) {
        memory.pool().drop(table[i]);
      }
      int found = Math.min(pages, memory.sinkPages());
      table = Arrays.copyOf(table, spilled.firstPage());
      Arrays.fill(table, found, table.length, NONE);
      for (int i = found; i < memory.sinkPages(); i++) {
        table[i] = memory.take();
      }
      pages = spilled.firstPage();
      firstPage = pages;
      from = found;
    }
    while (pages < spilled.places().length) {
      append(memory.take());
    }
    for (int i = from; i < pages; i++) {
      if (spilled.places()[i] != KvSpill.NONE) {
        spilled.file().read(spilled.places()[i], table[i]);
      }
    }
    length = spilled.length();
    advance(0);
  }

  private void append(int page) {
    if (pages == table.length) {
      table = Arrays.copyOf(table, Math.max(4, 2 * pages));
    }
    table[pages++] = page;
  }

  /// What a pass has written for the next positions counts from now on.
  void advance(int positions) {
    length += positions;
    if (positions > 0 && memory.recurs()) {
      memory.store().commitStates(number);
    }
    while (shares && (remembered + 1) * PAGE <= length && held(remembered)) {
      content = memory.pool().remember(table[remembered], content, ids, remembered * PAGE);
      remembered++;
    }
  }

  /// Whether `back` can: not for sequences that share what they compute, nor with blocks that recur, nor where what was seen from there
  /// has left the windows and was given back.
  boolean canGoBack(int positions) {
    boolean seen = memory.window() == 0 || firstPage == memory.sinkPages() || memory.firstPage(positions) >= firstPage;
    return positions == length || (positions < length && !shares && !memory.recurs() && seen);
  }

  /// Takes all positions but the first so many back.
  void back(int positions) {
    if (!canGoBack(positions)) {
      throw new IllegalStateException("positions behind " + positions + " of " + length + " cannot be taken back");
    }
    length = positions;
  }

  /// Another sequence that goes on from here; pages are shared until one of them writes.
  public KvCache fork() {
    KvCache fork = new KvCache(memory);
    fork.ids = ids.clone();
    if (number != NONE) {
      fork.number = memory.takeNumber();
      memory.store().copyStates(number, fork.number);
    }
    fork.firstPage = firstPage;
    fork.length = length;
    fork.expected = expected;
    fork.adapter = adapter;
    fork.shares = shares;
    fork.content = content;
    fork.remembered = remembered;
    int held = PagePool.pages(length);
    fork.table = Arrays.copyOf(table, Math.max(4, held));
    fork.pages = Math.min(pages, held);
    for (int i = 0; i < fork.pages; i++) {
      if (held(i)) {
        memory.pool().hold(table[i]);
      }
    }
    return fork;
  }

  /// Gives the pages back, the last first, so that beginnings are found longest. Once more does nothing.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (int i = pages - 1; i >= 0; i--) {
        if (held(i)) {
          memory.pool().drop(table[i]);
        }
      }
      pages = 0;
      if (number != NONE) {
        memory.giveBack(number);
        number = NONE;
      }
    }
  }

  /// The page of each PAGE positions.
  int[] table() {
    return table;
  }

  /// Of its states in the store.
  int number() {
    return number;
  }

  KvMemory memory() {
    return memory;
  }
}
