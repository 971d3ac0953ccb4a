package dev.athanor.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Held against what Jinja itself makes, set up as transformers does: bench/peers/golden_chats.py.
class JinjaTemplateTest {
  private static final String FOLDER = "/golden/chats/";
  private static final Clock CLOCK =
      Clock.fixed(LocalDateTime.of(2026, 3, 5, 9, 7, 3).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> render_templatesOfThePublishedFamilies_isJinjas() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    TreeSet<String> templates = new TreeSet<>();
    for (JsonNode golden : Json.tree(resource("expected.json"))) {
      String template = golden.path("template").asString();
      templates.add(template);
      String source = resource(template + ".jinja");
      tests.add(DynamicTest.dynamicTest(template + " " + golden.path("conversation").asString(), () -> check(source, golden)));
    }
    assertThat(templates).hasSizeGreaterThan(20);
    return tests;
  }

  private static void check(String source, JsonNode golden) {
    Map<String, Value> variables = new LinkedHashMap<>();
    golden.path("variables").properties().forEach(e -> variables.put(e.getKey(), Value.of(e.getValue(), Text.TEMPLATE)));
    List<Value> messages = new ArrayList<>();
    for (JsonNode message : golden.path("messages")) {
      messages.add(Value.of(message, messages.size() + 1));
    }
    variables.put("messages", Value.Items.list(messages));
    JinjaTemplate template = JinjaTemplate.parse(source);
    if (golden.has("error")) {
      assertThatThrownBy(() -> template.render(variables, CLOCK)).hasMessage(golden.path("error").asString());
      return;
    }
    var rendering = template.render(variables, CLOCK);
    assertThat(rendering.text().value()).isEqualTo(golden.path("text").asString());
    // Python counts code points.
    String text = rendering.text().value();
    List<String> spans =
        rendering.generation().stream()
            .map(s -> "[" + text.codePointCount(0, s.start()) + "," + text.codePointCount(0, s.end()) + "]")
            .toList();
    assertThat(spans.toString().replace(" ", "")).isEqualTo(golden.path("generation").toString());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = JinjaTemplateTest.class.getResourceAsStream(FOLDER + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void render_whatPeopleWrote_keepsItsSource() {
    Text written = Text.of(" It's ME ", 7);
    var text =
        JinjaTemplate.parse("{% set ns = namespace(t='') %}{% for c in x.split(' ') %}{% set ns.t = ns.t + c|lower + '-' %}{% endfor %}"
                + "{{ ns.t[::-1] }}{{ [x]|tojson }}{{ (x|trim|replace('I', 'a'))[:2]|upper }}")
            .render(Map.of("x", written), CLOCK)
            .text();
    StringBuilder mine = new StringBuilder();
    StringBuilder theirs = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      (text.source(i) == 7 ? theirs : mine).append(text.value().charAt(i));
    }
    assertThat(text.value()).isEqualTo("--em-s'ti-[\" It's ME \"]AT");
    assertThat(theirs.toString()).isEqualTo("ems'ti[\" It's ME \"]T");
    assertThat(mine.toString()).isEqualTo("----A");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x\\n{% if %};2;expected an expression",
        "{% for a in b %}x;1;'for' is not closed by 'endfor'",
        "\\n\\n{% include 'x' %};3;the block 'include' is not supported",
        "{{ x|frobnicate }};1;the filter 'frobnicate' is not supported",
        "{{ x is frob }};1;the test 'frob' is not supported",
        "{{ 'open }};1;a string is not closed",
        "{{ a;1;a tag is not closed by '}}'",
        "{% endif %};1;'endif' closes nothing",
        "{% break %};1;outside of a loop",
        "{{ (1] }};1;unexpected ']'",
        "{{ a b }};1;expected '}}'"
      })
  void parse_whatIsNoTemplate_saysTheLine(String source, int line, String problem) {
    assertThatThrownBy(() -> JinjaTemplate.parse(source.replace("\\n", "\n")))
        .hasMessageContaining(problem)
        .satisfies(e -> assertThat(((JinjaError) e).line()).isEqualTo(line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x\\n{{ missing.deeper }};2;'missing' is undefined",
        "{{ 1 // 0 }};1;division by zero",
        "{{ raise_exception('no') }};1;no",
        "\\n{{ none() }};2;cannot be called",
        "{{ [].append(1) }};1;cannot be changed in place",
        "{% set a, b = [1] %};1;2 names for 1 values",
        "{% set x = 1 %}{% set x.y = 2 %};1;'x' is no namespace",
        "{% for x in 3 %}{% endfor %};1;int is nothing to go over",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }};1;deeper than 100",
        "{{ range(1000000) }};1;more than 100000",
        "{{ 10 ** 30 }};1;more than 64 bits",
        "{{ 'x' * 100000000 }};1;longer than",
        "{{ strftime_now('%Q') }};1;%Q is not supported"
      })
  void render_whatFails_saysTheLine(String source, int line, String problem) {
    assertThatThrownBy(() -> JinjaTemplate.parse(source.replace("\\n", "\n")).render(Map.of(), CLOCK))
        .hasMessageContaining(problem)
        .satisfies(e -> assertThat(((JinjaError) e).line()).isEqualTo(line));
  }

  @Test
  void parse_deepNesting_isRefusedNotOverflowing() {
    assertThatThrownBy(() -> JinjaTemplate.parse("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}"))
        .isInstanceOf(JinjaError.class);
    assertThatThrownBy(() -> JinjaTemplate.parse("{{ " + "not ".repeat(5000) + "1 }}")).isInstanceOf(JinjaError.class);
    assertThatThrownBy(() -> JinjaTemplate.parse("{% if a %}".repeat(5000))).isInstanceOf(JinjaError.class);
  }
}
