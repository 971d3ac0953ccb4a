package dev.athanor.cli;

import dev.athanor.base.UserException;
import java.nio.file.Path;
import java.util.Optional;

/// An adapter as `athanor serve --lora` names it: `<name>=<folder>`, and `,<model>` behind it where several models are served.
///
/// @param model the name under which its base is served
record LoraOption(String name, Path folder, Optional<String> model) {
  static LoraOption parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new UserException("--lora is <name>=<folder>, such as --lora sql=adapters/sql, not '" + text + "'");
    }
    String rest = text.substring(equals + 1);
    int comma = rest.lastIndexOf(',');
    return comma < 1
        ? new LoraOption(text.substring(0, equals), Path.of(rest), Optional.empty())
        : new LoraOption(
            text.substring(0, equals), Path.of(rest.substring(0, comma)), Optional.of(rest.substring(comma + 1).strip()));
  }
}
