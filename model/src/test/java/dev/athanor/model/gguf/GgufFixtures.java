package dev.athanor.model.gguf;

import dev.athanor.base.Progress;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.ChatMl;
import dev.athanor.tokenizer.PreTokenizerPattern;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/// Small files that hold something of every kind.
final class GgufFixtures {
  private GgufFixtures() {}

  static SequencedMap<String, GgufValue> metadata() {
    SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", GgufValue.of("llama"));
    metadata.put("u8", new GgufValue.Int(GgufValue.Kind.U8, 255));
    metadata.put("i8", new GgufValue.Int(GgufValue.Kind.I8, -128));
    metadata.put("u16", new GgufValue.Int(GgufValue.Kind.U16, 65_535));
    metadata.put("i16", new GgufValue.Int(GgufValue.Kind.I16, -32_768));
    metadata.put("u32", new GgufValue.Int(GgufValue.Kind.U32, 4_294_967_295L));
    metadata.put("i32", new GgufValue.Int(GgufValue.Kind.I32, Integer.MIN_VALUE));
    metadata.put("u64", new GgufValue.Int(GgufValue.Kind.U64, Long.MAX_VALUE));
    metadata.put("i64", new GgufValue.Int(GgufValue.Kind.I64, Long.MIN_VALUE));
    metadata.put("f32", GgufValue.f32(1e-5));
    metadata.put("f64", new GgufValue.Real(GgufValue.Kind.F64, Math.PI));
    metadata.put("bool", GgufValue.of(true));
    metadata.put("text", GgufValue.of("丹炉\n"));
    metadata.put("empty text", GgufValue.of(""));
    metadata.put("texts", GgufArray.ofTexts(List.of("a", "", "丹")));
    metadata.put("i32s", GgufArray.ofI32(1, -2, Integer.MAX_VALUE));
    metadata.put("f32s", GgufArray.ofF32(0.5f, -1e30f));
    metadata.put("bools", GgufArray.ofBools(List.of(true, false)));
    metadata.put("none", GgufArray.ofTexts(List.of()));
    metadata.put(
        "nested",
        GgufArray.ofArrays(
            List.of(
                GgufArray.ofTexts(List.of("x")),
                GgufArray.ofArrays(List.of(GgufArray.ofI32(7), GgufArray.ofI32())),
                GgufArray.ofF32(2))));
    return metadata;
  }

  /// One tensor of each readable type, among them one of 4 dimensions, a single number and one that is empty.
  static List<GgufWriter.Tensor> tensors() {
    List<GgufWriter.Tensor> tensors = new ArrayList<>();
    Random random = new Random(1);
    for (GgmlType type : GgmlType.values()) {
      if (type.readable()) {
        byte[] bytes = new byte[(int) type.bytes(3 * 256)];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) random.nextInt(64);
        }
        tensors.add(
            new GgufWriter.Copied("blk.0." + type, type, new long[] {3, 256}, MemorySegment.ofArray(bytes)));
      }
    }
    tensors.add(new GgufWriter.Rounded("four", GgmlType.F16, new long[] {2, 1, 3, 5}, GgufFixtures::counted));
    tensors.add(new GgufWriter.Rounded("single", GgmlType.F32, new long[0], GgufFixtures::counted));
    tensors.add(new GgufWriter.Rounded("nothing", GgmlType.Q8_0, new long[] {0, 32}, GgufFixtures::counted));
    return tensors;
  }

  /// The numbers 0, 1, 2, …
  static void counted(long from, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = from + i;
    }
  }

  /// What the tensors take of the file, padding included.
  static long dataBytes() {
    return tensors().stream()
        .mapToLong(
            tensor -> {
              long elements = 1;
              for (long dimension : tensor.shape()) {
                elements *= dimension;
              }
              return (tensor.type().bytes(elements) + 31) / 32 * 32;
            })
        .sum();
  }

  static BpeTokenizer tokenizer() {
    return tokenizer(PreTokenizerPattern.QWEN2);
  }

  static BpeTokenizer tokenizer(PreTokenizerPattern pattern) {
    List<String> corpus =
        List.of("return list.size() == 0; // 判断列表是否为空 isEmpty isEmpty", "return 'it''s' == \"it's\" 2026");
    var options = new BpeTrainer.Options(300, 1, List.of("<|endoftext|>", ChatMl.START, ChatMl.END), pattern, 1);
    return new BpeTrainer(options).train(corpus, Progress.silent());
  }
}
