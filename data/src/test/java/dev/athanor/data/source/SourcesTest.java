package dev.athanor.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

  private static List<SourceReport> read(Source source, SourceContext context, List<Document> documents) {
    return SourceReader.read(
        source,
        context,
        extracted -> {
          if (extracted instanceof Extracted.Text(var document)) {
            documents.add(document);
          }
        });
  }

  private static final MavenSource LIB = new MavenSource(List.of("org.example:lib:1.0"));

  @Test
  void maven_sourceJar_givesItsSourceFiles() throws IOException {
    var documents = new ArrayList<Document>();
    List<SourceReport> reports = read(LIB, context(), documents);
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
    assertThatThrownBy(() -> LIB.partitions(context("http://127.0.0.1:9/", true)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("say offline");
    LIB.partitions(context());
    var documents = new ArrayList<Document>();
    read(LIB, context("http://127.0.0.1:9/", true), documents);
    assertThat(documents).hasSize(2);
  }

  @Test
  void maven_badCoordinates_areAllNamedWithTheirReasons() {
    var source = new MavenSource(List.of("org.example:bare:1.0", "org.example:lib:1.0", "a:b", "org.example:none:3"));
    assertThatThrownBy(() -> source.partitions(context()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("org.example:bare:1.0: was published without sources")
        .hasMessageContaining("'a:b': not a Maven coordinate")
        .hasMessageContaining("org.example:none:3: is not in here")
        .hasMessageNotContaining("org.example:lib:1.0:");
  }

  @Test
  void maven_unreachableRepository_saysSo() {
    assertThatThrownBy(() -> LIB.partitions(context("http://127.0.0.1:9/", false)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no connection to here (http://127.0.0.1:9/");
  }

  @Test
  void maven_brokenSettings_areNamed() throws IOException {
    Path settings = Files.writeString(folder.resolve("settings.xml"), "<settings><mirrors>");
    var context = new SourceContext(folder, new MavenSettings(Optional.of(settings), Optional.empty()), Progress.silent());
    assertThatThrownBy(() -> LIB.partitions(context)).isInstanceOf(UserException.class).hasMessageContaining("settings.xml");
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
        read(new FilesSource(List.of("in/src/**/*.java", "in/src"), null), context(), documents);
    assertThat(documents).extracting(Document::id).containsExactly("in/src!B.java", "in/src!a/A.java", "in/src!README.md");
    assertThat(documents).extracting(Document::language).containsExactly("java", "java", "markdown");
    assertThat(documents).extracting(Document::licence).containsExactly("unknown", "Apache-2.0", "unknown");
    assertThat(reports.getLast().skipped()).containsEntry("named before", 2L).containsEntry("unknown kind of file", 1L);
  }

  @Test
  void files_packedOnes_areReadAsWhatTheyHold() throws IOException {
    byte[] code = "class A {}\n".getBytes(Charset.forName("UTF-8"));
    file("src/B.java", "class B {}");
    Files.write(folder.resolve("in/src/A.java.gz"), gzip(code));
    Files.write(folder.resolve("in/src/C.java.zst"), Zstd.compress(code));
    Files.write(folder.resolve("in/src/D.java.gz"), Arrays.copyOf(gzip(code), 20));
    Files.write(folder.resolve("in/src/E.java.gz"), gzip(new byte[TextFile.MAX_BYTES * 2]));
    var documents = new ArrayList<Document>();
    List<SourceReport> reports = read(new FilesSource(List.of("in/src"), null), context(), documents);
    assertThat(documents).extracting(Document::path).containsExactly("A.java.gz", "B.java", "C.java.zst");
    assertThat(documents).extracting(Document::language).containsOnly("java");
    assertThat(documents.getLast().text()).isEqualTo("class A {}\n");
    assertThat(reports.getFirst().skipped()).containsOnly(Map.entry("truncated gzip", 1L), Map.entry("larger than 8 MiB", 1L));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  @Test
  void files_many_areReadInFewPartitionsAndOneReport() throws IOException {
    for (int i = 0; i < 1100; i++) {
      file("many/f%04d.txt".formatted(i), "text " + i);
    }
    var source = new FilesSource(List.of("in/many"), null);
    assertThat(source.partitions(context())).extracting(Partition::name).containsExactly("in/many", "in/many#1");
    var documents = new ArrayList<Document>();
    List<SourceReport> reports = read(source, context(), documents);
    assertThat(reports).singleElement().extracting(SourceReport::documents).isEqualTo(1100L);
    assertThat(documents.getLast().id()).isEqualTo("in/many!f1099.txt");
  }

  @Test
  void files_perLine_makeEachLineADocument() throws IOException {
    file("a.txt", "一行\n\ntwo\r\nthree");
    var documents = new ArrayList<Document>();
    read(new FilesSource(List.of("in/a.txt"), null, FilesSource.Unit.LINE), context(), documents);
    assertThat(documents).extracting(Document::text).containsExactly("一行", "two", "three");
    assertThat(documents).extracting(Document::id).containsExactly("in/a.txt!0", "in/a.txt!8", "in/a.txt!13");
  }

  @Test
  void files_missing_areAllNamed() throws IOException {
    file("a.txt", "x");
    assertThatThrownBy(() -> new FilesSource(List.of("in/none", "in/*.java", "in"), null).partitions(context()))
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

  record Collect(List<Source> sources) {}

  @Test
  void recipe_everyKind_isChosenByItsKeyWithItsDefaults() {
    String recipe =
        """
        sources:
          - maven: ["a:b:1"]
          - files: {paths: [docs], per: line}
          - jsonl: [a.jsonl.zst]
          - jsonl: {paths: [a.jsonl], text_key: body, id_key: id, longest_line: 1k}
          - parquet: {paths: [a.parquet], text_key: content}
          - warc: [a.warc.gz]
          - git: [.]
          - pdf: [papers]
        """;
    assertThat(Recipes.parse("recipe.yaml", recipe, Collect.class, List.of()).sources())
        .containsExactly(
            new MavenSource(List.of("a:b:1")),
            new FilesSource(List.of("docs"), null, FilesSource.Unit.LINE),
            new JsonlSource(List.of("a.jsonl.zst"), null, null, 64_000_000),
            new JsonlSource(List.of("a.jsonl"), "body", "id", 1000),
            new ParquetSource(List.of("a.parquet"), "content", null),
            new WarcSource(List.of("a.warc.gz"), 32_000_000),
            new GitSource(List.of(".")),
            new PdfSource(List.of("papers"), 256_000_000));
    assertThat(Source.class.getPermittedSubclasses()).hasSize(7);
  }

  @Test
  void licence_namesAndTexts_becomeSpdx() {
    assertThat(SpdxLicence.of("The Apache Software License, Version 2.0")).contains("Apache-2.0");
    assertThat(SpdxLicence.of("Mulan Permissive Software License，Version 2")).contains("MulanPSL-2.0");
    assertThat(SpdxLicence.of(" * SPDX-License-Identifier: EPL-2.0 OR MIT")).contains("EPL-2.0");
    assertThat(SpdxLicence.of("house rules")).isEmpty();
  }

  @Test
  void files_aFolderBehindALink_isRead() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real/below"));
    Files.writeString(real.resolve("A.java"), "class A {}\n".repeat(20));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    assertThat(PathPattern.find(List.of("link/**/*.java", "link"), folder))
        .allSatisfy(found -> assertThat(found.files()).containsExactly(folder.resolve("link/below/A.java")));
  }
}
