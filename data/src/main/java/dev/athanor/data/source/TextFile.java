package dev.athanor.data.source;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The bytes of one file on their way to be a document.
record TextFile(String origin, String path, byte[] bytes, String language, String originLicence) {
  /// Larger files are data rather than text that someone wrote.
  static final long MAX_BYTES = 8L << 20;

  /// Hands the document to the tally, or counts why there is none.
  void readInto(Tally tally) {
    if (bytes.length > MAX_BYTES) {
      tally.skip("larger than 8 MiB");
      return;
    }
    Optional<Encoding.Decoded> decoded = Encoding.decode(bytes);
    if (decoded.isEmpty()) {
      tally.skip("binary, or neither UTF-8 nor GB18030");
      return;
    }
    tally.accept(document(decoded.get()));
  }

  private Document document(Encoding.Decoded decoded) {
    var metadata = new LinkedHashMap<String, String>();
    metadata.put("docLanguage", DocLanguage.of(decoded.text(), language));
    Charset charset = decoded.charset();
    if (!decoded.isUtf8()) {
      metadata.put("encoding", charset.name());
    }
    String licence = SpdxLicence.ofHeader(decoded.text(), language).orElse(originLicence);
    return new Document(origin + "!" + path, decoded.text(), origin, path, licence, language, metadata);
  }
}
