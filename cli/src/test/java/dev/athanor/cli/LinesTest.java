package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.cli.tokenizer.Lines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Test
  void next_textsOfAnyEnds_givesLinesThatAreNotEmpty() {
    List<String> lines = new ArrayList<>();
    new Lines(List.of("a b\r\n\nc", "", "\n", "d\n", " \r\ne\rf").iterator()).forEachRemaining(lines::add);
    assertThat(lines).containsExactly("a b", "c", "d", " ", "e\rf");
  }
}
