package dev.athanor.cli.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Generated Java files, documented in two languages, to live a life on.
final class DemoSources {
  private DemoSources() {}

  static void write(Path dir) throws IOException {
    String[] nouns = {"Order", "Invoice", "Customer", "Parcel", "Ticket", "Account", "Payment", "Ledger"};
    for (int p = 0; p < 8; p++) {
      for (int f = 0; f < 4; f++) {
        String name = nouns[(p + f) % nouns.length] + (char) ('A' + p) + f;
        Path file = dir.resolve("demo/p" + p + "/" + name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source("demo.p" + p, name, p * 31 + f));
      }
    }
  }

  private static String source(String pack, String name, int salt) {
    StringBuilder text = new StringBuilder("package " + pack + ";\n\npublic class " + name + " {\n");
    for (int m = 0; m < 6; m++) {
      int number = salt * 17 + m * 7;
      text.append(
          """
            /** %s number %d of this %s, computed from the given value. */
            public int value%d(int input) {
              int result = input * %d;
              for (int i = 0; i < %d; i++) {
                result += i %% %d;
              }
              return result;
            }

          """
              .formatted(m % 2 == 0 ? "Returns" : "返回计算结果，", number, name, number, number + 3, m + 2, number % 5 + 2));
    }
    return text.append("}\n").toString();
  }
}
