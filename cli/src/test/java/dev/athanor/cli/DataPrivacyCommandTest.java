package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPrivacyCommandTest {
  private final Program program = new Program();

  @Test
  void privacyCheck_alone_printsATableByLanguageAndKind() {
    assertThat(program.run("data", "privacy-check")).isZero();
    assertThat(program.out()).contains("language, kind", "zh resident_id", "en email", "code secret", "texts without personal data");
  }

  @Test
  void privacyCheck_text_marksWhatIsFound() {
    assertThat(program.run("data", "privacy-check", "--text", "身份证：11010519491231002X，谢谢")).isZero();
    assertThat(program.out()).contains("resident_id", "身份证：⟦11010519491231002X⟧，谢谢", "checksum, date and county", "1 found");
    assertThat(program.run("data", "privacy-check", "--text", "nobody")).isZero();
    assertThat(program.out()).isEqualToIgnoringNewLines("nothing was found");
  }

  @Test
  void privacyCheck_file_asJson(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "write to jo@contoso.com\n");
    assertThat(program.run("data", "privacy-check", file.toString(), "--json")).isZero();
    assertThat(program.out()).contains("\"text\" : \"jo@contoso.com\"", "\"kind\" : \"email\"", "\"from\" : 9");
  }

  @Test
  void privacyCheck_badRegionOrCertainty_isAMistake() {
    assertThat(program.run("data", "privacy-check", "--regions", "XX")).isEqualTo(2);
    assertThat(program.err()).contains("--regions must be ISO 3166 codes such as CN, US and GB, not 'XX'");
    assertThat(program.run("data", "privacy-check", "--certainty", "7")).isEqualTo(2);
    assertThat(program.err()).contains("--certainty must be from 0 to 1");
  }

  @Test
  void privacyCheck_model_isMeasuredOnOnesOwnTexts(@TempDir Path folder) throws Exception {
    String model = "../inference/src/test/resources/names";
    Path file = folder.resolve("mine.txt");
    Files.writeString(file, "Please send the book to ⟦name:Thaddeus Quimby⟧.\n请把书交给⟦name:贾若曦⟧。\nThe Supreme Court said no on Tuesday.\n");
    assertThat(program.run("data", "privacy-check", "--labelled", file.toString())).isZero();
    assertThat(program.out()).containsPattern("own name +2 +1.000 +0.000");
    assertThat(program.run("data", "privacy-check", "--labelled", file.toString(), "--names-model", model)).isZero();
    assertThat(program.out()).containsPattern("own name +2 +1.000 +1.000").contains("0 of 1 texts without");
    assertThat(program.run("data", "privacy-check", "--text", "请把书交给贾若曦。", "--names-model", model, "--names-labels", "PER=name,LOC=place")).isZero();
    assertThat(program.out()).contains("⟦贾若曦⟧", "a model's PER");
  }

  @Test
  void privacyCheck_modelsMistakes_areTold(@TempDir Path folder) throws Exception {
    String model = "../inference/src/test/resources/names";
    assertThat(program.run("data", "privacy-check", "--names-model", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(program.err()).contains("does not exist");
    assertThat(program.run("data", "privacy-check", "--names-model", model, "--names-labels", "PERSON=name")).isEqualTo(2);
    assertThat(program.err()).contains("what it tells apart is PER, LOC, ORG");
    assertThat(program.run("data", "privacy-check", "--names-model", model, "--names-labels", "PER=nam")).isEqualTo(2);
    assertThat(program.err()).contains("'nam' is no kind");
    assertThat(program.run("data", "privacy-check", "--names-likely-only")).isEqualTo(2);
    assertThat(program.err()).contains("go with --names-model");
    Path file = folder.resolve("mine.txt");
    Files.writeString(file, "fine\n⟦nam:Jo⟧\n");
    assertThat(program.run("data", "privacy-check", "--labelled", file.toString())).isEqualTo(2);
    assertThat(program.err()).contains("mine.txt:2: a mark is ⟦kind:text⟧");
  }
}
