package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommentSyntaxTest {
  private static List<String> comments(String source, String language) {
    return CommentSyntax.of(language).comments(source).stream().map(comment -> comment.text(source)).toList();
  }

  @Test
  void comments_marksInsideStringsAndTextBlocks_areNone() {
    String source =
        """
        String a = "http://x /* no */ \\" // no"; char q = '"'; // yes
        String b = ""\"
            // no " still no
            \\""\" /* no */
            ""\"; /* yes
         too */ char c = '\\''; /** doc */
        """;
    assertThat(comments(source, "java")).containsExactly("// yes", "/* yes\n too */", "/** doc */");
  }

  @Test
  void comments_consecutiveLineComments_areOne() {
    assertThat(comments("// a\n  // b\n\n// c\nint x; // d\n", "java")).containsExactly("// a\n  // b", "// c", "// d");
  }

  @Test
  void comments_otherLanguages_haveTheirOwnMarks() {
    assertThat(comments("x = '#' # a\n\"\"\" # no \"\"\"", "python")).containsExactly("# a");
    assertThat(comments("SELECT '--' -- a\n/* b */", "sql")).containsExactly("-- a", "/* b */");
    assertThat(comments("<a><!-- b --></a>", "xml")).containsExactly("<!-- b -->");
    assertThat(comments("# title", "markdown")).isEmpty();
  }

  @Test
  void comments_neverClosed_endWithTheText() {
    assertThat(comments("int x; /* a", "java")).containsExactly("/* a");
    assertThat(comments("char c = '", "java")).isEmpty();
  }

  @Test
  void withoutComments_keepsLengthAndLines() {
    String source = "a /* b\n c */ d // e\n";
    String code = CommentSyntax.SLASH.withoutComments(source);
    assertThat(code).hasSameSizeAs(source).hasLineCount(2).startsWith("a ").contains(" d ").doesNotContain("e");
  }

  @Test
  void docLanguage_countsCommentsWithoutLicenceAndStrings() {
    String header = "/* Copyright 2020 Someone. Licensed under the Apache License, Version 2.0 */\npackage a;\n";
    assertThat(DocLanguage.of(header + "/** 获取用户的名称 @return name */ class A {}", "java")).isEqualTo("zh");
    assertThat(DocLanguage.of(header + "/** Returns the name. */ class A {}", "java")).isEqualTo("en");
    assertThat(DocLanguage.of(header + "class A { String s = \"中文中文中文中文\"; }", "java")).isEqualTo("none");
    assertThat(DocLanguage.of("一段中文说明文字", "markdown")).isEqualTo("zh");
  }
}
