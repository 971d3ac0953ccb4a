package dev.athanor.data.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.athanor.base.UserException;
import dev.athanor.data.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskPairSortTest {
  private static final long ALL_IN_MEMORY = 1L << 30;
  /// The least: runs of 1,024 pairs, eight of them joined at a time.
  private static final long LEAST = 1;
  @TempDir Path folder;

  private record Pair(long key, long value) {}

  private static List<Pair> pairs(long seed, int count, long keyMask, long valueMask) {
    var random = new SplitMix64(seed);
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < count; i++) {
      pairs.add(new Pair(random.next() & keyMask, random.next() & valueMask));
    }
    return pairs;
  }

  private List<Pair> sorted(List<Pair> pairs, long memory, int threads) {
    var read = new ArrayList<Pair>();
    try (var sort = new DiskPairSort(folder, "t", memory, threads)) {
      pairs.forEach(pair -> sort.add(pair.key, pair.value));
      sort.forEach((key, value) -> read.add(new Pair(key, value)));
    }
    return read;
  }

  private static List<Pair> oracle(List<Pair> pairs) {
    Comparator<Pair> byKey = (a, b) -> Long.compareUnsigned(a.key, b.key);
    return pairs.stream().sorted(byKey.thenComparingLong(Pair::value)).toList();
  }

  @ParameterizedTest
  @CsvSource({"0, -1, -1", "1, -1, -1", "1000, -1, -1", "20000, -1, -1", "9000, 7, -1", "9000, 0, -1", "9000, 65535, 3", "20000, 0xff00000000000000, -1", "9000, 0x8000000000000001, 1"})
  void forEach_anyPairs_comeInOrderOnceInMemoryAndOnDisk(int count, String keyMask, String valueMask) {
    List<Pair> pairs = pairs(count, count, mask(keyMask), mask(valueMask));
    List<Pair> expected = oracle(pairs);
    for (int threads : new int[] {1, 2, 4}) {
      assertThat(sorted(pairs, ALL_IN_MEMORY, threads)).isEqualTo(expected);
      assertThat(sorted(pairs, LEAST, threads)).isEqualTo(expected);
      assertThat(sorted(pairs, 3000L * 32, threads)).isEqualTo(expected);
    }
  }

  private static long mask(String text) {
    return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
  }

  @Test
  void forEach_pairsAlreadyInOrder_areReadTwiceTheSame() {
    try (var sort = new DiskPairSort(folder, "t", LEAST, 2)) {
      for (int i = 0; i < 5000; i++) {
        sort.add(i / 3, i);
      }
      for (int time = 0; time < 2; time++) {
        var read = new ArrayList<Long>();
        sort.forEach((_, value) -> read.add(value));
        assertThat(read).hasSize(5000).isSorted();
      }
    }
  }

  @Test
  void close_afterSpilling_leavesNoFile() throws IOException {
    try (var sort = new DiskPairSort(folder, "t", LEAST, 1)) {
      pairs(1, 20_000, -1, -1).forEach(pair -> sort.add(pair.key, pair.value));
      assertThat(files()).isNotEmpty();
      sort.forEach((_, _) -> {});
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void forEach_runCutOffOrChanged_isRefused() throws IOException {
    for (boolean cut : new boolean[] {true, false}) {
      try (var sort = new DiskPairSort(folder, "t", LEAST, 1)) {
        pairs(1, 5000, -1, -1).forEach(pair -> sort.add(pair.key, pair.value));
        Path run = files().getFirst();
        byte[] bytes = Files.readAllBytes(run);
        bytes[bytes.length / 2] ^= 4;
        Files.write(run, cut ? java.util.Arrays.copyOf(bytes, bytes.length - 16) : bytes);
        assertThatThrownBy(() -> sort.forEach((_, _) -> {}))
            .isInstanceOf(UserException.class)
            .hasMessageContaining(run.getFileName().toString())
            .hasMessageContaining("full or failing");
      }
    }
  }

  @Test
  void add_onAFullDisk_saysSoAtOnce() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Files.createSymbolicLink(folder.resolve("t-0.run"), full);
    try (var sort = new DiskPairSort(folder, "t", LEAST, 1)) {
      assertThatThrownBy(() -> pairs(1, 5000, -1, -1).forEach(pair -> sort.add(pair.key, pair.value)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no room left on the disk")
          .hasMessageContaining("t-0.run");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void scratch_onAFullDisk_saysSoWhileWriting() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Path file = Files.createSymbolicLink(folder.resolve("s"), full);
    try (var scratch = new Scratch(file)) {
      assertThatThrownBy(() -> scratch.writeZeros(1 << 20)).isInstanceOf(UserException.class).hasMessageContaining("no room left on the disk");
    }
    assertThat(file).doesNotExist();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void scratch_whatWasWritten_isMappedAndRemoved() {
    Path file = folder.resolve("s");
    try (var scratch = new Scratch(file)) {
      var bytes = new byte[100_001];
      bytes[100_000] = 7;
      scratch.write(bytes, 0, bytes.length);
      scratch.writeLong(-5);
      scratch.writeZeros(70_000);
      assertThat(scratch.size()).isEqualTo(170_009).isEqualTo(scratch.map().byteSize());
      assertThat(scratch.map().get(Scratch.LONG, 100_001)).isEqualTo(-5);
      assertThat(scratch.map().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 100_000)).isEqualTo((byte) 7);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void workers_aFailure_isThrownAsItWas() {
    assertThatThrownBy(
            () ->
                Workers.each(
                    3,
                    10,
                    task -> {
                      if (task == 7) {
                        throw new UserException("seven");
                      }
                    }))
        .isInstanceOf(UserException.class)
        .hasMessage("seven");
  }
}
