package dev.athanor.data.source;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The bytes of one file on their way to be a document.
record TextFile(String origin, String path, byte[] bytes, String language, String originLicence) {
  /// Larger files are data rather than text that someone wrote.
  static final int MAX_BYTES = 8 << 20;

  Extracted extract() {
    if (bytes.length > MAX_BYTES) {
      return aside(origin, path, "larger than 8 MiB", "files of text have no more");
    }
    Optional<Encoding.Decoded> decoded = Encoding.decode(bytes);
    return decoded.isEmpty()
        ? aside(origin, path, "binary, or neither UTF-8 nor GB18030", bytes.length + " bytes")
        : new Extracted.Text(document(decoded.get()));
  }

  static Extracted.SetAside aside(String origin, String path, String reason, String detail) {
    return new Extracted.SetAside(origin + "!" + path, reason, detail);
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
