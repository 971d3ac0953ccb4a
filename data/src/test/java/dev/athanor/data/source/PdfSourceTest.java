package dev.athanor.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PdfSourceTest {
  private static final List<String> LINES =
      List.of("A river does not carry its sand all at", "once. Most of the grains lie still on the bed for most of the ye-", "ar.");

  @TempDir Path folder;
  private final List<Document> documents = new ArrayList<>();
  private final List<Extracted.SetAside> aside = new ArrayList<>();

  private void read(PdfSource source) {
    SourceReader.read(
        source,
        SourceContext.of(folder, Progress.silent()),
        extracted -> {
          switch (extracted) {
            case Extracted.Text(var document) -> documents.add(document);
            case Extracted.SetAside set -> aside.add(set);
          }
        });
  }

  private interface Change {
    void to(PDDocument pdf) throws IOException;
  }

  private void pdf(String name, int pages, List<String> lines, Change change) throws IOException {
    try (var pdf = new PDDocument()) {
      for (int i = 0; i < pages; i++) {
        var page = new PDPage();
        pdf.addPage(page);
        try (var content = new PDPageContentStream(pdf, page)) {
          content.beginText();
          content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 11);
          content.newLineAtOffset(50, 700);
          for (String line : lines) {
            content.showText(line);
            content.newLineAtOffset(0, -13);
          }
          content.newLineAtOffset(0, -40);
          content.showText("Page " + (i + 1) + " ends here.");
          content.endText();
        }
      }
      change.to(pdf);
      pdf.save(folder.resolve(name).toFile());
    }
  }

  @Test
  void read_textLayer_isParagraphsWithFacts() throws IOException {
    pdf("a.pdf", 2, LINES, pdf -> pdf.getDocumentInformation().setTitle("Sand"));
    read(new PdfSource(List.of("a.pdf"), 1_000_000));
    assertThat(aside).isEmpty();
    String body = "A river does not carry its sand all at once. Most of the grains lie still on the bed for most of the year.";
    assertThat(documents).singleElement().satisfies(
        document -> {
          assertThat(document.id()).isEqualTo("a.pdf!a.pdf");
          assertThat(document.text()).isEqualTo(body + "\n\nPage 1 ends here.\n\n" + body + "\n\nPage 2 ends here.\n");
          assertThat(document.metadata()).containsEntry("title", "Sand").containsEntry("pages", "2").containsEntry("docLanguage", "en");
        });
  }

  @Test
  void read_whatHasNoText_isSetAsideByReason() throws IOException {
    pdf("a.pdf", 1, LINES, _ -> {});
    pdf("b.pdf", 1, LINES, pdf -> pdf.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission())));
    var permission = new AccessPermission();
    permission.setCanExtractContent(false);
    pdf("c.pdf", 1, LINES, pdf -> pdf.protect(new StandardProtectionPolicy("owner", "", permission)));
    pdf("d.pdf", 0, LINES, pdf -> pdf.addPage(new PDPage()));
    Files.writeString(folder.resolve("e.pdf"), "no PDF");
    Files.write(folder.resolve("f.pdf"), Arrays.copyOf(Files.readAllBytes(folder.resolve("a.pdf")), 300));
    Files.write(folder.resolve("g.pdf"), new byte[3_000_000]);
    read(new PdfSource(List.of("*.pdf"), 2_000_000));
    assertThat(documents).extracting(Document::path).containsExactly("a.pdf");
    assertThat(aside).extracting(Extracted.SetAside::reason).containsExactly(
        "encrypted PDF", "PDF that does not permit extraction", "PDF without a text layer", "damaged PDF", "damaged PDF",
        "larger than largest_file");
  }

  @Test
  void paragraphs_lines_areJoinedAsTheirScriptIs() {
    assertThat(PdfText.paragraphs("黄河是世界上\n含沙量最大的河流，\n  之一。\n\n\nwell-\nKnown and di-\nvided\n"))
        .isEqualTo("黄河是世界上含沙量最大的河流，之一。\n\nwell- Known and divided\n");
    assertThat(PdfText.paragraphs("\n \n")).isEmpty();
  }
}
