package dev.athanor.eval;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import dev.athanor.data.pairs.JavaSyntax;
import java.util.List;

/// What a chat model answered when asked for a Java method, and whether it is one in the eyes of the JDK's own parser.
///
/// @param code the answer without code fences and the talk around them
public record GeneratedMethod(String code, Verdict verdict) {
  private static final String FENCE = "```";
  private static final String WRAPPER = "Wrapper";

  /// From worse to best.
  public enum Verdict {
    /// The answer holds nothing.
    NO_CODE,
    /// Inside of a class it is not Java.
    SYNTAX_ERROR,
    /// It is Java, but not one method with a body: a field, two methods, a declaration alone.
    NOT_ONE_METHOD,
    ACCEPTED
  }

  public static GeneratedMethod of(String answer) {
    String code = code(answer);
    return new GeneratedMethod(code, verdict(code));
  }

  /// The content of the answer's first fenced block, closed or broken off; the whole answer where there is no fence.
  static String code(String answer) {
    int fence = answer.indexOf(FENCE);
    if (fence < 0) {
      return answer.strip();
    }
    int line = answer.indexOf('\n', fence);
    if (line < 0) {
      return "";
    }
    int close = answer.indexOf(FENCE, line);
    return answer.substring(line, close < 0 ? answer.length() : close).strip();
  }

  private static Verdict verdict(String code) {
    if (code.isEmpty()) {
      return Verdict.NO_CODE;
    }
    // The line break keeps a trailing `//` comment from swallowing the brace.
    return JavaSyntax.parse("class " + WRAPPER + " {\n" + code + "\n}\n")
        .map(unit -> isOneMethod(unit.tree().getTypeDecls()) ? Verdict.ACCEPTED : Verdict.NOT_ONE_METHOD)
        .orElse(Verdict.SYNTAX_ERROR);
  }

  /// Counts types too: `} class Other {` balances the wrapper's braces and must not pass.
  private static boolean isOneMethod(List<? extends Tree> types) {
    return types.size() == 1
        && types.getFirst() instanceof ClassTree wrapper
        && wrapper.getSimpleName().contentEquals(WRAPPER)
        && wrapper.getMembers().size() == 1
        && wrapper.getMembers().getFirst() instanceof MethodTree method
        && method.getReturnType() != null
        && method.getBody() != null;
  }
}
