package dev.athanor.data.pairs;

import java.util.List;

/// The ways in which people ask for a method or for its documentation, in the documentation's language. Which one a method
/// gets depends on its text alone, so that mining twice gives the same pairs.
final class Phrasing {
  /// A request with places for the parts of a method.
  private interface Request {
    String of(DocumentedMethod method);
  }

  private static final List<Request> CHINESE_DOC_TO_METHOD =
      List.of(
          m -> "请用 Java 编写方法：" + m.documentation() + "\n所在类：" + m.className() + "\n方法签名：" + m.signature(),
          m -> "用 Java 实现以下功能：" + m.documentation() + "\n方法签名：" + m.signature(),
          m -> "在类 " + m.className() + " 中实现 " + m.signature() + "\n要求：" + m.documentation(),
          m -> "请写出 Java 方法 " + m.signature() + "\n功能：" + m.documentation());
  private static final List<Request> ENGLISH_DOC_TO_METHOD =
      List.of(
          m -> "Write a Java method: " + m.documentation() + "\nClass: " + m.className() + "\nSignature: " + m.signature(),
          m -> "Implement this in Java: " + m.documentation() + "\nSignature: " + m.signature(),
          m -> "In class " + m.className() + ", implement " + m.signature() + "\nIt should do this: " + m.documentation(),
          m -> "Write the Java method " + m.signature() + "\nWhat it does: " + m.documentation());
  private static final List<Request> CHINESE_METHOD_TO_DOC =
      List.of(
          m -> "请为下面的 Java 方法编写文档：\n" + m.source(),
          m -> "下面的 Java 方法有什么作用？\n" + m.source(),
          m -> "用一段话说明这个方法：\n" + m.source());
  private static final List<Request> ENGLISH_METHOD_TO_DOC =
      List.of(
          m -> "Write the documentation of this Java method:\n" + m.source(),
          m -> "What does this Java method do?\n" + m.source(),
          m -> "Describe this method in a few words:\n" + m.source());

  private Phrasing() {}

  /// @param choice ≥ 0; equal choices give equal phrasings
  static String request(InstructionPair.Kind kind, String language, DocumentedMethod method, int choice) {
    boolean chinese = language.equals("zh");
    List<Request> requests =
        switch (kind) {
          case DOC_TO_METHOD -> chinese ? CHINESE_DOC_TO_METHOD : ENGLISH_DOC_TO_METHOD;
          case METHOD_TO_DOC -> chinese ? CHINESE_METHOD_TO_DOC : ENGLISH_METHOD_TO_DOC;
        };
    return requests.get(choice % requests.size()).of(method);
  }
}
