package dev.athanor.data.source;

import dev.athanor.data.CommentSyntax.Comment;
import dev.athanor.data.LicenceHeader;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells the SPDX identifier of a licence from its text, its notice in a file's header, or its name and address in a POM.
final class SpdxLicence {
  static final String UNKNOWN = "unknown";

  /// A licence is told by all of some phrases; lower case, white space as single spaces. The first that matches wins, so the
  /// more special stand first.
  private record Mark(String spdx, List<String> phrases) {}

  private static final List<Mark> MARKS =
      List.of(
          new Mark("Apache-2.0", List.of("apache", "license", "2.0")),
          new Mark("Apache-2.0", List.of("apache-2.0")),
          new Mark("Apache-2.0", List.of("apache 2")),
          new Mark("MulanPSL-2.0", List.of("mulan", "2")),
          new Mark("MulanPSL-2.0", List.of("木兰宽松许可证", "2")),
          new Mark("EPL-2.0", List.of("eclipse public license", "2.0")),
          new Mark("EPL-1.0", List.of("eclipse public license", "1.0")),
          new Mark("MPL-2.0", List.of("mozilla public license", "2.0")),
          new Mark("AGPL-3.0-only", List.of("affero general public license", "3")),
          new Mark("LGPL-3.0-only", List.of("lesser general public license", "3")),
          new Mark("LGPL-2.1-only", List.of("lesser general public license", "2.1")),
          new Mark("GPL-3.0-only", List.of("general public license", "version 3")),
          new Mark("GPL-2.0-only", List.of("general public license", "version 2")),
          new Mark("CDDL-1.0", List.of("common development and distribution license")),
          new Mark("BSD-3-Clause", List.of("redistribution and use in source and binary", "neither the name")),
          new Mark("BSD-2-Clause", List.of("redistribution and use in source and binary")),
          new Mark("BSD-3-Clause", List.of("bsd", "3")),
          new Mark("BSD-2-Clause", List.of("bsd", "2")),
          new Mark("MIT", List.of("permission is hereby granted, free of charge", "without restriction")),
          new Mark("MIT", List.of("mit license")),
          new Mark("MIT", List.of("the mit")),
          new Mark("CC0-1.0", List.of("creativecommons.org/publicdomain/zero")),
          new Mark("CC0-1.0", List.of("cc0")));
  private static final String TAG = "spdx-license-identifier:";

  private SpdxLicence() {}

  static Optional<String> of(String text) {
    String lower = text.toLowerCase(Locale.ROOT).replaceAll("[\\s*]+", " ").strip();
    int tag = lower.indexOf(TAG);
    if (tag >= 0) {
      String original = text.replaceAll("[\\s*]+", " ").strip();
      String identifier = original.substring(Math.min(tag + TAG.length(), original.length())).strip();
      int end = identifier.indexOf(' ');
      return Optional.of(end < 0 ? identifier : identifier.substring(0, end));
    }
    if (lower.equals("mit")) {
      return Optional.of("MIT");
    }
    return MARKS.stream().filter(mark -> mark.phrases.stream().allMatch(lower::contains)).map(Mark::spdx).findFirst();
  }

  /// From the licence comments above a file's code.
  static Optional<String> ofHeader(String source, String language) {
    return LicenceHeader.find(source, language).stream()
        .map((Comment comment) -> of(comment.text(source)))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
