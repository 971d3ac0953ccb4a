package dev.athanor.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final ConsoleProgress plain = new ConsoleProgress(out, false, false, nanos::get);

  private void passes(double seconds) {
    nanos.addAndGet((long) (seconds * 1e9));
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void plain_knownTotal_saysALineEveryTenSecondsAndOneAtTheEnd() {
    try (Progress.Task task = plain.start("pretrain", 3_500_000, "tok")) {
      task.note("loss 3.21");
      for (int i = 0; i < 12; i++) {
        passes(1);
        task.advance(100_000);
      }
      assertThat(lines())
          .containsExactly("pretrain  28 %  1.0M/3.5M tok  100 000 tok/s  left 25s  loss 3.21");
      passes(8);
      task.advance(2_300_000);
    }
    assertThat(lines().getLast()).isEqualTo("pretrain  100 %  3.5M/3.5M tok  175 000 tok/s  in 20s  loss 3.21");
    assertThat(lines()).hasSize(3);
  }

  @Test
  void plain_unknownTotal_saysNeitherShareNorTimeLeft() {
    try (Progress.Task task = plain.start("collect", -1, "file")) {
      passes(20);
      task.advance(30);
    }
    assertThat(lines()).containsExactly("collect  30 file  1.5 file/s", "collect  30 file  1.5 file/s  in 20s");
  }

  @Test
  void plain_bytes_areSaidWithTheirPrefix() {
    try (Progress.Task task = plain.start("read", 4_000_000_000L, "B")) {
      passes(10);
      task.advance(1_200_000_000);
    }
    assertThat(lines().getFirst()).isEqualTo("read  30 %  1.2G/4.0GB  120.0MB/s  left 23s");
  }

  @Test
  void plain_nothingToDo_dividesByNothing() {
    plain.start("empty", 0, "file").close();
    assertThat(lines()).containsExactly("empty  0/0 file  in 0s");
  }

  @Test
  void plain_closedTwice_saysItsEndOnce() {
    Progress.Task task = plain.start("x", 1, "file");
    task.close();
    task.close();
    assertThat(lines()).hasSize(1);
  }

  @Test
  void say_plain_isTheLineAlone() {
    plain.say("训练开始");
    assertThat(lines()).containsExactly("训练开始");
  }

  @Test
  void bars_onATerminal_drawNameAndNote() {
    ConsoleProgress terminal = new ConsoleProgress(out, true, false, nanos::get);
    try (Progress.Task task = terminal.start("pretrain", 10, "tok")) {
      task.note("loss 3.21");
      task.advance(10);
      terminal.say("a line");
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("pretrain", "loss 3.21", "\r\u001b[Ka line\n");
  }

  @Test
  void time_andCounts_areShort() {
    assertThat(List.of(ConsoleProgress.time(3), ConsoleProgress.time(252), ConsoleProgress.time(3720)))
        .containsExactly("3s", "4m 12s", "1h 02m");
    assertThat(List.of(ConsoleProgress.count(9_999), ConsoleProgress.count(12_345), ConsoleProgress.count(999_960)))
        .containsExactly("9999", "12.3k", "1.0M");
  }
}
