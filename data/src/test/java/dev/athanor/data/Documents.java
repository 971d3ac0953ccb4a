package dev.athanor.data;

import java.util.Map;

/// Small documents for tests.
public final class Documents {
  private Documents() {}

  public static Document java(String origin, String path, String text) {
    return new Document(origin + "!" + path, text, origin, path, "Apache-2.0", "java", Map.of("docLanguage", "en"));
  }

  public static Document prose(String id, String text) {
    return new Document(id, text, "o", id, "unknown", "text", Map.of());
  }

  /// A class whose words depend on the seed, so that two of different seeds share little.
  public static String javaClass(String packageName, String name, long seed, int methods) {
    var random = new SplitMix64(seed);
    var text = new StringBuilder("package " + packageName + ";\n\npublic class " + name + " {\n");
    for (int i = 0; i < methods; i++) {
      String word = Long.toString(random.next() >>> 20, 36);
      text.append("  int m%s(int a%s) {\n    return a%s * %d + %s;\n  }\n".formatted(word, word, word, random.below(999), word));
    }
    return text.append("}\n").toString();
  }
}
