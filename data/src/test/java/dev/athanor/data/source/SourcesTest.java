package dev.athanor.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  private static final String APACHE = "/* Licensed under the Apache License, Version 2.0 */\n";
  @TempDir Path folder;
  private Path remote = Path.of("");

  @BeforeEach
  void publish() throws IOException {
    remote = folder.resolve("remote");
    pom("parent", "<packaging>pom</packaging><licenses><license><name>MIT License</name></license></licenses>");
    pom("lib", "<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1.0</version></parent>");
    pom("bare", "");
    Path jar = place("lib", "lib-1.0-sources.jar");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      entry(zip, "a/Zh.java", "package a;\n/** 返回名称，不会为空的 */\nclass Zh {}\n".getBytes(Charset.forName("GB18030")));
      entry(zip, "a/A.java", (APACHE + "package a;\nclass A {}\n").getBytes(Charset.forName("UTF-8")));
      entry(zip, "a/Binary.java", new byte[] {1, 0, 2});
      entry(zip, "a/logo.png", new byte[] {1});
    }
  }

  private Path place(String artifact, String file) throws IOException {
    return Files.createDirectories(remote.resolve("org/example").resolve(artifact).resolve("1.0")).resolve(file);
  }

  private void pom(String artifact, String content) throws IOException {
    Files.writeString(
        place(artifact, artifact + "-1.0.pom"),
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>" + artifact
            + "</artifactId><version>1.0</version>" + content + "</project>");
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
  }

  /// Everything is mirrored to `url`: no test reaches the network.
  private SourceContext context(String url, boolean offline) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("settings.xml"),
            "<settings><localRepository>" + folder.resolve("local") + "</localRepository><offline>" + offline
                + "</offline><mirrors><mirror><id>here</id><mirrorOf>*</mirrorOf><url>" + url
                + "</url></mirror></mirrors></settings>");
    return new SourceContext(
        folder, new MavenSettings(Optional.of(settings), Optional.empty()), Progress.silent());
  }

  private SourceContext context() throws IOException {
    return context(remote.toUri().toString(), false);
  }

  private static final MavenSource LIB = new MavenSource(List.of("org.example:lib:1.0"));

  @Test
  void maven_sourceJar_givesItsSourceFiles() throws IOException {
    var documents = new ArrayList<Document>();
    List<SourceReport> reports = LIB.read(context(), documents::add);
    assertThat(documents).extracting(Document::id).containsExactly("org.example:lib:1.0!a/A.java", "org.example:lib:1.0!a/Zh.java");
    assertThat(documents).extracting(Document::licence).containsExactly("Apache-2.0", "MIT");
    assertThat(documents.getLast().metadata()).containsEntry("docLanguage", "zh").containsEntry("encoding", "GB18030");
    assertThat(documents.getLast().text()).contains("返回名称");
    assertThat(reports).singleElement().satisfies(
        report -> {
          assertThat(report.sha256()).hasSize(64);
          assertThat(report.documents()).isEqualTo(2);
          assertThat(report.skipped()).containsValues(1L).hasSize(2);
        });
  }

  @Test
  void maven_offlineSetting_usesTheLocalRepositoryOnly() throws IOException {
    assertThatThrownBy(() -> LIB.read(context("http://127.0.0.1:9/", true), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("say offline");
    LIB.read(context(), d -> {});
    var documents = new ArrayList<Document>();
    LIB.read(context("http://127.0.0.1:9/", true), documents::add);
    assertThat(documents).hasSize(2);
  }

  @Test
  void maven_badCoordinates_areAllNamedWithTheirReasons() {
    var source = new MavenSource(List.of("org.example:bare:1.0", "org.example:lib:1.0", "a:b", "org.example:none:3"));
    assertThatThrownBy(() -> source.read(context(), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("org.example:bare:1.0: was published without sources")
        .hasMessageContaining("'a:b': not a Maven coordinate")
        .hasMessageContaining("org.example:none:3: is not in here")
        .hasMessageNotContaining("org.example:lib:1.0:");
  }

  @Test
  void maven_unreachableRepository_saysSo() {
    assertThatThrownBy(() -> LIB.read(context("http://127.0.0.1:9/", false), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no connection to here (http://127.0.0.1:9/");
  }

  @Test
  void maven_brokenSettings_areNamed() throws IOException {
    Path settings = Files.writeString(folder.resolve("settings.xml"), "<settings><mirrors>");
    var context = new SourceContext(folder, new MavenSettings(Optional.of(settings), Optional.empty()), Progress.silent());
    assertThatThrownBy(() -> LIB.read(context, d -> {})).isInstanceOf(UserException.class).hasMessageContaining("settings.xml");
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve("in").resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    return Files.writeString(file, content);
  }

  @Test
  void files_foldersAndGlobs_giveEachFileOnce() throws IOException {
    file("src/a/A.java", APACHE + "class A {}");
    file("src/B.java", "class B {}");
    file("src/README.md", "说明文字，这是中文文档");
    file("src/.git/config.txt", "hidden");
    file("src/data.bin", "unknown");
    var documents = new ArrayList<Document>();
    List<SourceReport> reports =
        new FilesSource(List.of("in/src/**/*.java", "in/src"), null).read(context(), documents::add);
    assertThat(documents).extracting(Document::id).containsExactly("in/src!B.java", "in/src!a/A.java", "in/src!README.md");
    assertThat(documents).extracting(Document::language).containsExactly("java", "java", "markdown");
    assertThat(documents).extracting(Document::licence).containsExactly("unknown", "Apache-2.0", "unknown");
    assertThat(reports.getLast().skipped()).containsEntry("named before", 2L).containsEntry("unknown kind of file", 1L);
  }

  @Test
  void files_missing_areAllNamed() throws IOException {
    file("a.txt", "x");
    assertThatThrownBy(() -> new FilesSource(List.of("in/none", "in/*.java", "in"), null).read(context(), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no such file or folder")
        .hasMessageContaining("no file matches in/*.java");
  }

  @Test
  void files_fingerprint_changesWithTheFiles() throws IOException {
    file("a.txt", "x");
    var source = new FilesSource(List.of("in"), null);
    String before = source.fingerprint(context());
    assertThat(source.fingerprint(context())).isEqualTo(before);
    file("a.txt", "xy");
    assertThat(source.fingerprint(context())).isNotEqualTo(before);
    assertThat(LIB.fingerprint(context())).isNotEqualTo(new MavenSource(List.of("org.example:lib:1.1")).fingerprint(context()));
  }

  @Test
  void jsonl_lines_areDocuments() throws IOException {
    file("a.jsonl", "{\"body\":\"one\"}\n\n{\"body\":\"two\",\"language\":\"java\",\"licence\":\"MIT\"}\n");
    Path zipped = folder.resolve("in/b.jsonl.gz");
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      gzip.write("{\"body\":\"three\"}".getBytes(Charset.forName("UTF-8")));
    }
    var documents = new ArrayList<Document>();
    new JsonlSource(List.of("in"), "body").read(context(), documents::add);
    assertThat(documents).extracting(Document::id).containsExactly("in/a.jsonl!1", "in/a.jsonl!3", "in/b.jsonl.gz!1");
    assertThat(documents).extracting(Document::text).containsExactly("one", "two", "three");
    assertThat(documents.get(1).licence()).isEqualTo("MIT");
  }

  @Test
  void jsonl_brokenLineOrMissingKey_namesFileAndLine() throws IOException {
    file("a.jsonl", "{\"text\":\"one\"}\n{\"text\":");
    file("b.jsonl", "{\"content\":\"one\"}");
    assertThatThrownBy(() -> new JsonlSource(List.of("in/a.jsonl"), null).read(context(), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a.jsonl:2: not valid JSON");
    assertThatThrownBy(() -> new JsonlSource(List.of("in/b.jsonl"), null).read(context(), d -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("b.jsonl:1: no text under 'text' (its keys are content)");
  }

  @Test
  void licence_namesAndTexts_becomeSpdx() {
    assertThat(SpdxLicence.of("The Apache Software License, Version 2.0")).contains("Apache-2.0");
    assertThat(SpdxLicence.of("Mulan Permissive Software License，Version 2")).contains("MulanPSL-2.0");
    assertThat(SpdxLicence.of(" * SPDX-License-Identifier: EPL-2.0 OR MIT")).contains("EPL-2.0");
    assertThat(SpdxLicence.of("house rules")).isEmpty();
  }
}
