package dev.athanor.inference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pages of a key-value cache without their numbers: which are free, how many sequences hold each, and which tokens are in those
/// that are full. A page that nobody holds keeps its content until it is taken for another, the longest unused one first; so a
/// sequence that begins like an earlier one finds the pages of that beginning. Kwon et al., https://arxiv.org/abs/2309.06180
///
/// Contents are compared, not only hashed: a content is its tokens after another content, so that equal pages are equal from
/// the sequence's beginning on.
///
/// Not thread-safe.
public final class PagePool {
  /// Positions in a page.
  public static final int PAGE = 16;

  private static final int NAMESPACES = 10_000;

  /// No page.
  static final int NONE = -1;

  private record Content(long before, int[] ids) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Content content && content.before == before && Arrays.equals(content.ids, ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids) * 31 + Long.hashCode(before);
    }
  }

  private record Known(int page, long id) {}

  private final int capacity;
  private final Map<Content, Known> known = new HashMap<>();
  /// The namespaces used last: of those before, nothing is found.
  private final Map<Object, Long> roots =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
          return size() > NAMESPACES;
        }
      };

  private int[] holders = {};
  private Content[] contents = {};
  /// The free pages as a list: those of unknown content, then the longest unused first.
  private int[] next = {};
  private int[] previous = {};
  /// Pages that were ever taken.
  private int used;
  private int freeListed;
  private int first = NONE;
  private int last = NONE;
  private long nextContent = 1;

  /// @param capacity pages at most
  public PagePool(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a cache needs at least one page, not " + capacity);
    }
    this.capacity = capacity;
  }

  /// Pages that are needed for so many positions.
  static int pages(int positions) {
    return (int) (((long) positions + PAGE - 1) / PAGE);
  }

  public int capacity() {
    return capacity;
  }

  /// Pages that can be taken.
  public int free() {
    return capacity - used + freeListed;
  }

  /// Pages that somebody holds.
  public int held() {
    return used - freeListed;
  }

  /// A page for its first holder.
  ///
  /// @throws IllegalStateException when none is free
  int take() {
    if (first != NONE && (contents[first] == null || used == capacity)) {
      int page = first;
      unlink(page);
      forget(page);
      holders[page] = 1;
      return page;
    }
    if (used == capacity) {
      throw new IllegalStateException("all " + capacity + " pages are held");
    }
    if (used == holders.length) {
      grow();
    }
    holders[used] = 1;
    return used++;
  }

  private void grow() {
    int size = (int) Math.min(capacity, Math.max(64L, 2L * holders.length));
    holders = Arrays.copyOf(holders, size);
    contents = Arrays.copyOf(contents, size);
    next = Arrays.copyOf(next, size);
    previous = Arrays.copyOf(previous, size);
  }

  /// Another holder of a page, which may be free.
  void hold(int page) {
    if (holders[page]++ == 0) {
      unlink(page);
    }
  }

  /// One holder less.
  void drop(int page) {
    if (holders[page] < 1) {
      throw new IllegalStateException("nobody holds page " + page);
    }
    if (--holders[page] == 0) {
      link(page, contents[page] == null);
    }
  }

  /// Whether its holder may write to it: nobody else holds it, and nobody else will find it.
  boolean writable(int page) {
    return holders[page] == 1 && contents[page] == null;
  }

  int holders(int page) {
    return holders[page];
  }

  /// What stands for the beginning of all sequences of a namespace: pages are found within their own alone.
  long root(Object namespace) {
    return roots.computeIfAbsent(namespace, _ -> nextContent++);
  }

  /// The page with these PAGE tokens after a content; NONE where there is none. It may be free.
  int find(long before, int[] ids, int at) {
    Known found = known.get(content(before, ids, at));
    return found == null ? NONE : found.page;
  }

  /// The content of a full page that was found.
  long contentOf(int page) {
    Content content = contents[page];
    Known found = content == null ? null : known.get(content);
    if (found == null) {
      throw new IllegalStateException("what is in page " + page + " is not known");
    }
    return found.id;
  }

  /// Says what a full page holds, so that it can be found.
  ///
  /// @return its content
  long remember(int page, long before, int[] ids, int at) {
    Content content = content(before, ids, at);
    Known found = known.get(content);
    if (found != null) {
      return found.id;
    }
    contents[page] = content;
    long id = nextContent++;
    known.put(content, new Known(page, id));
    return id;
  }

  private static Content content(long before, int[] ids, int at) {
    return new Content(before, Arrays.copyOfRange(ids, at, at + PAGE));
  }

  private void forget(int page) {
    if (contents[page] != null) {
      known.remove(contents[page]);
      contents[page] = null;
    }
  }

  private void link(int page, boolean atFront) {
    freeListed++;
    if (atFront) {
      previous[page] = NONE;
      next[page] = first;
      if (first != NONE) {
        previous[first] = page;
      } else {
        last = page;
      }
      first = page;
    } else {
      next[page] = NONE;
      previous[page] = last;
      if (last != NONE) {
        next[last] = page;
      } else {
        first = page;
      }
      last = page;
    }
  }

  private void unlink(int page) {
    freeListed--;
    if (previous[page] == NONE) {
      first = next[page];
    } else {
      next[previous[page]] = next[page];
    }
    if (next[page] == NONE) {
      last = previous[page];
    } else {
      previous[next[page]] = previous[page];
    }
  }
}
