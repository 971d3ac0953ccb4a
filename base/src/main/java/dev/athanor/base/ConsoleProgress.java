package dev.athanor.base;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Progress for people: bars on a terminal; elsewhere (a file, a pipe, CI) plain lines, at most one for a task every ten
/// seconds and one at its end.
public final class ConsoleProgress implements Progress {
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;
  private static final int BAR_EVERY_MILLIS = 250;
  private static final String BYTES = "B";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean bars;
  private final boolean colours;
  private final LongSupplier nanoTime;

  ConsoleProgress(PrintStream out, boolean bars, boolean colours, LongSupplier nanoTime) {
    this.out = out;
    this.bars = bars;
    this.colours = colours;
    this.nanoTime = nanoTime;
  }

  /// On standard error, so that standard output stays the command's own.
  public static ConsoleProgress onStandardError() {
    return on(System.err);
  }

  /// Bars when this process has a terminal and `TERM` is not `dumb`; colours unless `NO_COLOR` is set.
  public static ConsoleProgress on(PrintStream out) {
    // Java 25 gives no console at all where the input or the output is no terminal.
    boolean terminal =
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
            && !"dumb".equals(System.getenv("TERM"));
    return new ConsoleProgress(out, terminal, System.getenv("NO_COLOR") == null, System::nanoTime);
  }

  /// Plain lines whatever the output is.
  public static ConsoleProgress plain(PrintStream out) {
    return new ConsoleProgress(out, false, false, System::nanoTime);
  }

  @Override
  public Task start(String name, long total, String unit) {
    return bars ? new Bar(name, total, unit) : new Lines(name, total, unit);
  }

  @Override
  public void say(String line) {
    // A running bar draws itself again below the line at its next update.
    synchronized (out) {
      out.print((bars ? CLEAR_LINE : "") + line + System.lineSeparator());
      out.flush();
    }
  }

  private final class Bar implements Task {
    private final ProgressBar bar;

    Bar(String name, long total, String unit) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(total)
              .setUnit(unit.equals(BYTES) ? " MB" : " " + unit, unit.equals(BYTES) ? 1_000_000 : 1)
              .setStyle(colours ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(BAR_EVERY_MILLIS)
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .showSpeed()
              .build();
    }

    @Override
    public void advance(long units) {
      bar.stepBy(units);
    }

    @Override
    public void note(String text) {
      bar.setExtraMessage(" " + text);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /// `pretrain  34 %  1.2M/3.5M tok  8 812 tok/s  left 4m 12s  loss 3.21`
  private final class Lines implements Task {
    private final String name;
    private final long total;
    private final String unit;
    private final long start = nanoTime.getAsLong();
    private long lastLine = start;
    private long done;
    private String note = "";
    private boolean closed;

    Lines(String name, long total, String unit) {
      this.name = name;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public synchronized void advance(long units) {
      done += units;
      long now = nanoTime.getAsLong();
      if (now - lastLine >= LINE_EVERY_NANOS) {
        lastLine = now;
        say(line(now));
      }
    }

    @Override
    public synchronized void note(String text) {
      note = text;
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        say(line(nanoTime.getAsLong()));
      }
    }

    /// "1.2MB", "312 tok".
    private String glued() {
      return unit.equals(BYTES) ? "" : " ";
    }

    private String line(long now) {
      double seconds = (now - start) / 1e9;
      double rate = seconds > 0 ? done / seconds : 0;
      StringBuilder line = new StringBuilder(name);
      if (total > 0) {
        line.append("  ").append(100 * done / total).append(" %");
      }
      line.append("  ").append(count(done)).append(total >= 0 ? "/" + count(total) : "").append(glued()).append(unit);
      if (rate > 0) {
        line.append("  ").append(unit.equals(BYTES) ? count(Math.round(rate)) : rate(rate)).append(glued()).append(unit).append("/s");
      }
      if (closed) {
        line.append("  in ").append(time(seconds));
      } else if (rate > 0 && total > done) {
        line.append("  left ").append(time((total - done) / rate));
      }
      return line.append(note.isEmpty() ? "" : "  " + note).toString();
    }
  }

  /// "812", "8.8k", "1.2M".
  static String count(long value) {
    if (value < 10_000) {
      return Long.toString(value);
    }
    return value < 999_950
        ? String.format(Locale.ROOT, "%.1fk", value / 1e3)
        : value < 999_950_000
            ? String.format(Locale.ROOT, "%.1fM", value / 1e6)
            : String.format(Locale.ROOT, "%.1fG", value / 1e9);
  }

  private static String rate(double rate) {
    return rate < 10
        ? String.format(Locale.ROOT, "%.1f", rate)
        : String.format(Locale.ROOT, "%,d", Math.round(rate)).replace(',', ' ');
  }

  /// "3s", "4m 12s", "1h 02m".
  static String time(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + "s";
    }
    return whole < 3600
        ? "%dm %02ds".formatted(whole / 60, whole % 60)
        : "%dh %02dm".formatted(whole / 3600, whole / 60 % 60);
  }
}
