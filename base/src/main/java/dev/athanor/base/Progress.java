package dev.athanor.base;

/// Shows how long work is coming along. A stage opens one `Task` for each long piece of its work.
public interface Progress {
  /// Begins a task of `total` units (`unit` such as "tok", "file", "B"); `total` < 0 when it is not known.
  Task start(String name, long total, String unit);

  /// A line of text that stays, shown above any running bar.
  void say(String line);

  /// Work under way; closing it ends its line.
  interface Task extends AutoCloseable {
    void advance(long units);

    /// What stands beside the bar, replacing what stood there: "loss 3.21 · 5 812 tok/s · MFU 61 %".
    void note(String text);

    @Override
    void close();
  }

  /// Shows nothing.
  static Progress silent() {
    return new Progress() {
      @Override
      public Task start(String name, long total, String unit) {
        return new Task() {
          @Override
          public void advance(long units) {}

          @Override
          public void note(String text) {}

          @Override
          public void close() {}
        };
      }

      @Override
      public void say(String line) {}
    };
  }
}
