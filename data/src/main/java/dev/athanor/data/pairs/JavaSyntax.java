package dev.athanor.data.pairs;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The grammar of Java as the running JDK's own compiler knows it. Only parses: no class path, no annotation processors, no
/// attribution, so a unit that names unknown types is as good as any other. Thread-safe; nothing is shared between calls.
public final class JavaSyntax {
  private static final List<String> OPTIONS = List.of("-proc:none", "-Xlint:none");

  private JavaSyntax() {}

  /// A unit that has no syntax error.
  ///
  /// @param trees gives doc comments and source positions (`char` offsets into `source`)
  public record Unit(String source, CompilationUnitTree tree, DocTrees trees) {}

  /// The parsed unit, or nothing where the text is not Java (or the parser gave up on it).
  public static Optional<Unit> parse(String source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("this Java runtime lacks the module jdk.compiler; run on a whole JDK");
    }
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (var files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      var task =
          (JavacTask)
              compiler.getTask(Writer.nullWriter(), files, diagnostics, OPTIONS, null, List.of(new Text(source)));
      CompilationUnitTree tree = task.parse().iterator().next();
      boolean errors = diagnostics.getDiagnostics().stream().anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR);
      return errors ? Optional.empty() : Optional.of(new Unit(source, tree, DocTrees.instance(task)));
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Generated or hostile text can nest deeper than the recursive parser's stack: as far as we are concerned, not Java.
      return Optional.empty();
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String content;

    Text(String content) {
      super(URI.create("string:///Unit.java"), Kind.SOURCE);
      this.content = content;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return content;
    }
  }
}
