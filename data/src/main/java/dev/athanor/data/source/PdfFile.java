package dev.athanor.data.source;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;

/// One PDF on its way to be a document.
///
/// @param path below the origin
record PdfFile(Path file, String origin, String path, long largest) {
  /// What PDFBox may hold of a file's streams; the rest lies in a temporary file.
  static final int MEMORY = 16 << 20;

  private static final long MOST_STREAMS = 1L << 30;

  private static final int MOST_TEXT = 32_000_000;

  /// Fewer letters are a page number or a stamp on a scan.
  private static final int FEWEST_LETTERS = 20;

  long size() {
    return file.toFile().length();
  }

  Extracted extract() {
    if (size() > largest) {
      return TextFile.aside(origin, path, "larger than largest_file", "%,d bytes".formatted(size()));
    }
    var streams = MemoryUsageSetting.setupMixed(MEMORY, MOST_STREAMS);
    try (PDDocument pdf = Loader.loadPDF(file.toFile(), "", null, null, streams.streamCache)) {
      if (!pdf.getCurrentAccessPermission().canExtractContent()) {
        return TextFile.aside(origin, path, "PDF that does not permit extraction", "");
      }
      var text = new StringBuilder();
      stripper().writeText(pdf, new Bounded(text));
      return document(pdf, PdfText.paragraphs(Strings.sound(text.toString())));
    } catch (InvalidPasswordException e) {
      return TextFile.aside(origin, path, "encrypted PDF", "");
    } catch (TooLong e) {
      return TextFile.aside(origin, path, "PDF with too much text", "more than %,d characters".formatted(MOST_TEXT));
    } catch (IOException | RuntimeException e) { // damage shows in many ways
      return TextFile.aside(origin, path, "damaged PDF", Strings.shortened(String.valueOf(e.getMessage()), 200));
    } catch (StackOverflowError | OutOfMemoryError e) { // objects that nest without end; streams that unpack to more than there is
      return TextFile.aside(origin, path, "PDF that needs too much memory", String.valueOf(e.getMessage()));
    }
  }

  private static PDFTextStripper stripper() {
    var stripper = new PDFTextStripper();
    stripper.setLineSeparator("\n");
    stripper.setParagraphEnd("\n");
    stripper.setPageEnd("\n");
    return stripper;
  }

  private Extracted document(PDDocument pdf, String text) {
    long letters = text.codePoints().filter(Character::isLetter).limit(FEWEST_LETTERS).count();
    if (letters < FEWEST_LETTERS) {
      return TextFile.aside(origin, path, "PDF without a text layer", pdf.getNumberOfPages() + " pages");
    }
    var metadata = new LinkedHashMap<String, String>();
    PDDocumentInformation information = pdf.getDocumentInformation();
    put(metadata, "title", information.getTitle());
    put(metadata, "author", information.getAuthor());
    metadata.put("pages", String.valueOf(pdf.getNumberOfPages()));
    metadata.put("docLanguage", DocLanguage.of(text, "text"));
    return new Extracted.Text(new Document(origin + "!" + path, text, origin, path, SpdxLicence.UNKNOWN, "text", metadata));
  }

  private static void put(Map<String, String> metadata, String key, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      metadata.put(key, Strings.sound(value.strip()));
    }
  }

  private static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Bounded extends Writer {
    private final StringBuilder text;

    Bounded(StringBuilder text) {
      this.text = text;
    }

    @Override
    public void write(char[] characters, int from, int count) throws IOException {
      if (text.length() + count > MOST_TEXT) {
        throw new TooLong();
      }
      text.append(characters, from, count);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
