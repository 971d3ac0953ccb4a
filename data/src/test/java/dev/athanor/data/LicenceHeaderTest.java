package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LicenceHeaderTest {
  private static String without(String text) {
    return LicenceHeader.without(text, "java");
  }

  @Test
  void without_headersAboveTheCode_areTaken() {
    String rest = "import x.Y;\n/** Copyright is computed here. */\nclass A {}\n";
    assertThat(without("/*\n * Copyright 2020 X\n */\npackage a;\n\n" + rest)).isEqualTo("package a;\n\n" + rest);
    assertThat(without("package a;\n// Licensed under MIT\n// see LICENSE\n" + rest)).isEqualTo("package a;\n\n" + rest);
    assertThat(without("/** What this is for. */\nclass A {}\n")).startsWith("/** What");
  }

  @Test
  void without_linesAndSpaces_areOneWayWhereAHeaderWent() {
    assertThat(without("// Copyright X\r\n\r\nclass A {  \r\n\tint b;\t\r\r}\n\n")).isEqualTo("class A {\n\tint b;\n\n}\n");
    assertThat(without("// Copyright X\n \n")).isEmpty();
    assertThat(without("class A {  \r\n}")).isEqualTo("class A {  \r\n}");
  }
}
