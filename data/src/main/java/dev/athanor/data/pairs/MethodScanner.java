package dev.athanor.data.pairs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the methods of a unit from which pairs can be made, in the order of the source, and counts the others by reason.
/// Constructors, and methods of anonymous and local classes, are not looked at.
final class MethodScanner extends TreePathScanner<@Nullable Void, ClassTree> {
  private final JavaSyntax.Unit unit;
  private final PairLimits limits;
  private final SourcePositions positions;
  private final List<DocumentedMethod> methods = new ArrayList<>();
  private final Map<Skip, Integer> skipped = new EnumMap<>(Skip.class);

  private MethodScanner(JavaSyntax.Unit unit, PairLimits limits) {
    this.unit = unit;
    this.limits = limits;
    this.positions = unit.trees().getSourcePositions();
  }

  /// Why a method gives no pair.
  enum Skip {
    NO_BODY,
    TRIVIAL,
    NO_DOCUMENTATION,
    INHERITED_DOCUMENTATION,
    NO_SENTENCE,
    DOCUMENTATION_TOO_LONG,
    METHOD_TOO_LONG
  }

  record Found(List<DocumentedMethod> methods, Map<Skip, Integer> skipped) {}

  static Found scan(JavaSyntax.Unit unit, PairLimits limits) {
    var scanner = new MethodScanner(unit, limits);
    for (Tree type : unit.tree().getTypeDecls()) {
      if (type instanceof ClassTree declared) {
        scanner.scan(scanner.unit.trees().getPath(unit.tree(), type), declared);
      }
    }
    return new Found(List.copyOf(scanner.methods), Map.copyOf(scanner.skipped));
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, ClassTree enclosing) {
    return type.getSimpleName().isEmpty() ? null : super.visitClass(type, type);
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, ClassTree enclosing) {
    Tree result = method.getReturnType();
    if (result != null) {
      look(method, result, enclosing);
    }
    return null;
  }

  private void look(MethodTree method, Tree result, ClassTree enclosing) {
    BlockTree body = method.getBody();
    if (body == null || body.getStatements().isEmpty()) {
      skip(Skip.NO_BODY);
    } else if (isTrivial(body.getStatements())) {
      skip(Skip.TRIVIAL);
    } else {
      Optional<String> documentation = documentation();
      if (documentation.isPresent()) {
        take(method, result, body, enclosing, documentation.get());
      }
    }
  }

  private void skip(Skip reason) {
    skipped.merge(reason, 1, Integer::sum);
  }

  private void take(MethodTree method, Tree result, BlockTree body, ClassTree enclosing, String documentation) {
    String source = deindent(unit.source(), start(method), (int) positions.getEndPosition(unit.tree(), method));
    if (source.length() > limits.maxMethodChars() || source.lines().count() > limits.maxMethodLines()) {
      skip(Skip.METHOD_TOO_LONG);
      return;
    }
    methods.add(
        new DocumentedMethod(
            enclosing.getSimpleName().toString(),
            method.getName().toString(),
            signature(method, result, body),
            source,
            documentation));
  }

  private int start(Tree tree) {
    return (int) positions.getStartPosition(unit.tree(), tree);
  }

  private Optional<String> documentation() {
    DocCommentTree comment = unit.trees().getDocCommentTree(getCurrentPath());
    if (comment == null || comment.getFullBody().isEmpty()) {
      skip(Skip.NO_DOCUMENTATION);
      return Optional.empty();
    }
    DocText.Description whole = DocText.of(comment.getFullBody(), unit.trees());
    if (whole.inherits()) {
      skip(Skip.INHERITED_DOCUMENTATION);
      return Optional.empty();
    }
    if (!DocLanguage.isSentence(whole.text())) {
      skip(Skip.NO_SENTENCE);
      return Optional.empty();
    }
    Optional<String> fitting =
        Stream.of(
                whole.text(),
                whole.text().lines().findFirst().orElse(""),
                DocText.of(comment.getFirstSentence(), unit.trees()).text())
            .filter(text -> text.length() <= limits.maxDocumentationChars() && DocLanguage.isSentence(text))
            .findFirst();
    if (fitting.isEmpty()) {
      skip(Skip.DOCUMENTATION_TOO_LONG);
    }
    return fitting;
  }

  private String signature(MethodTree method, Tree result, BlockTree body) {
    var text = new StringBuilder();
    method.getModifiers().getFlags().forEach(flag -> text.append(flag).append(' '));
    if (!method.getTypeParameters().isEmpty()) {
      text.append(
          method.getTypeParameters().stream().map(Tree::toString).collect(Collectors.joining(", ", "<", "> ")));
    }
    text.append(unit.source(), start(result), start(body));
    return text.toString().replaceAll("\\s+", " ").strip();
  }

  /// Accessors and constants: they teach nothing and there are thousands of them.
  private static boolean isTrivial(List<? extends StatementTree> statements) {
    return switch (statements.size()) {
      case 1 -> isPlainReturn(statements.getFirst()) || isPlainAssignment(statements.getFirst());
      case 2 -> isPlainAssignment(statements.getFirst()) && isPlainReturn(statements.getLast());
      default -> false;
    };
  }

  private static boolean isPlainReturn(StatementTree statement) {
    return statement instanceof ReturnTree returns && (returns.getExpression() == null || isPlain(returns.getExpression()));
  }

  private static boolean isPlainAssignment(StatementTree statement) {
    return statement instanceof ExpressionStatementTree expression
        && expression.getExpression() instanceof AssignmentTree assignment
        && isPlain(assignment.getExpression());
  }

  private static boolean isPlain(ExpressionTree expression) {
    return switch (expression) {
      case IdentifierTree _, LiteralTree _ -> true;
      case MemberSelectTree member -> isPlain(member.getExpression());
      default -> false;
    };
  }

  /// `source[from, to)` with the white space before its first line taken from every line; lines end in `\n`.
  static String deindent(String source, int from, int to) {
    int line = source.lastIndexOf('\n', from - 1) + 1;
    int width = from - line;
    var out = new StringBuilder(to - from);
    String text = source.substring(from, to);
    text.lines().forEach(each -> out.append(out.isEmpty() ? each : withoutIndent(each, width)).append('\n'));
    return out.toString().strip();
  }

  private static String withoutIndent(String line, int width) {
    int cut = 0;
    while (cut < width && cut < line.length() && (line.charAt(cut) == ' ' || line.charAt(cut) == '\t')) {
      cut++;
    }
    return line.substring(cut).stripTrailing();
  }
}
