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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitSourceTest {
  private static final PersonIdent ADA =
      new PersonIdent("Ada", "ada@example.org", Instant.parse("2024-03-03T00:00:00Z"), ZoneOffset.UTC);
  private static final String MIT =
      "Permission is hereby granted, free of charge, to any person obtaining a copy, to deal in the Software without restriction";
  private static final String APACHE = "Apache License\nVersion 2.0, January 2004";

  @TempDir Path folder;
  private final List<Document> documents = new ArrayList<>();
  private final List<Extracted.SetAside> aside = new ArrayList<>();

  private SourceContext context() {
    return SourceContext.of(folder, Progress.silent());
  }

  private List<SourceReport> read(String name) {
    documents.clear();
    aside.clear();
    return SourceReader.read(
        new GitSource(List.of(name)),
        context(),
        extracted -> {
          switch (extracted) {
            case Extracted.Text(var document) -> documents.add(document);
            case Extracted.SetAside set -> aside.add(set);
          }
        });
  }

  private void file(String name, String content) throws IOException {
    file(name, content.getBytes(Charset.forName("UTF-8")));
  }

  private void file(String name, byte[] content) throws IOException {
    Path file = folder.resolve("work").resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.write(file, content);
  }

  private static String commit(Git git) throws GitAPIException {
    git.add().addFilepattern(".").call();
    return git.commit().setMessage("m").setAuthor(ADA).setCommitter(ADA).setSign(false).call().getName();
  }

  @Test
  void read_workingTreeAndBareClone_giveWhatIsCommitted() throws Exception {
    String head;
    try (Git git = Git.init().setDirectory(folder.resolve("work").toFile()).call()) {
      file("LICENSE", MIT);
      file("src/A.java", "class A {}\n");
      file("src/Zh.java", "/** 返回名称，不会为空的 */\nclass Zh {}\n".getBytes(Charset.forName("GB18030")));
      file("vendor/LICENSE.txt", APACHE);
      file("vendor/deep/b.py", "print(1)\n");
      file("vendor/deep/c.py", "# SPDX-License-Identifier: EPL-2.0\nprint(1)\n");
      file("bin.py", new byte[] {1, 0, 2});
      file("logo.png", new byte[] {1});
      Files.createSymbolicLink(folder.resolve("work/link.py"), Path.of("bin.py"));
      head = commit(git);
      file("src/A.java", "class Changed {}\n");
      file("untracked.py", "print(2)\n");
    }
    List<SourceReport> reports = read("work");
    assertThat(documents).extracting(Document::id)
        .containsExactly("work!src/A.java", "work!src/Zh.java", "work!vendor/deep/b.py", "work!vendor/deep/c.py");
    assertThat(documents).extracting(Document::licence).containsExactly("MIT", "MIT", "Apache-2.0", "EPL-2.0");
    assertThat(documents.getFirst().text()).isEqualTo("class A {}\n");
    assertThat(documents.get(1).metadata()).containsEntry("encoding", "GB18030").containsEntry("docLanguage", "zh")
        .containsEntry("commit", head).containsEntry("date", "2024-03-03T00:00:00Z");
    assertThat(aside).extracting(a -> a.place() + ": " + a.reason()).containsExactly(
        "work!LICENSE: the text of a licence", "work!bin.py: binary, or neither UTF-8 nor GB18030", "work!link.py: a link or submodule",
        "work!logo.png: unknown kind of file", "work!vendor/LICENSE.txt: the text of a licence");
    assertThat(reports).singleElement().extracting(SourceReport::documents).isEqualTo(4L);

    List<String> texts = documents.stream().map(Document::text).toList();
    Git.cloneRepository().setBare(true).setURI(folder.resolve("work").toUri().toString()).setDirectory(folder.resolve("bare.git").toFile())
        .call().close();
    read("bare.git");
    assertThat(documents).extracting(Document::text).isEqualTo(texts);
  }

  @Test
  void fingerprint_changesWithTheCommitOnly() throws Exception {
    var source = new GitSource(List.of("work"));
    try (Git git = Git.init().setDirectory(folder.resolve("work").toFile()).call()) {
      assertThatThrownBy(() -> source.partitions(context())).isInstanceOf(UserException.class).hasMessageContaining("no commit at HEAD");
      file("a.py", "print(1)\n");
      commit(git);
      String before = source.fingerprint(context());
      file("a.py", "print(2)\n");
      assertThat(source.fingerprint(context())).isEqualTo(before);
      commit(git);
      assertThat(source.fingerprint(context())).isNotEqualTo(before);
    }
  }

  @Test
  void partitions_noRepositories_areAllNamed() throws IOException {
    Files.createDirectories(folder.resolve("plain"));
    assertThatThrownBy(() -> new GitSource(List.of("plain", "missing")).partitions(context()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("plain is no Git repository")
        .hasMessageContaining("no such folder");
  }
}
