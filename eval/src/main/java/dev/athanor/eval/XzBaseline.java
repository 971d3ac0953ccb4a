package dev.athanor.eval;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;

/// The compressor that everybody has, as the first baseline: `xz -9` of the held-out documents' bytes one after the other.
/// It has seen no training text, but it may look back over all earlier documents, which the models may not.
///
/// A group's figure comes from compressing that group's documents alone.
public final class XzBaseline {
  private static final int PRESET = 9;

  private XzBaseline() {}

  public static BitsPerByte measure(HeldOut heldOut) {
    return BitsPerByte.grouped(heldOut.items(), HeldOut.Item::document, XzBaseline::score);
  }

  private static BitsPerByte.Score score(List<HeldOut.Item> items) {
    long bytes = items.stream().mapToLong(HeldOut.Item::bytes).sum();
    var compressed = new Counting();
    try (OutputStream xz = open(compressed, bytes)) {
      for (HeldOut.Item item : items) {
        xz.write(item.document().text().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compress in memory", e);
    }
    return BitsPerByte.Score.of(compressed.count * 8.0, bytes, items.size());
  }

  /// Preset 9 has a dictionary of 64 MiB, for which the encoder takes 700 MB of memory. One as long as the input finds the
  /// same matches.
  private static OutputStream open(OutputStream out, long bytes) throws IOException {
    var options = new LZMA2Options(PRESET);
    options.setDictSize(Math.clamp(bytes, 1 << 20, options.getDictSize()));
    return XZCompressorOutputStream.builder().setOutputStream(out).setLzma2Options(options).get();
  }

  private static final class Counting extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
