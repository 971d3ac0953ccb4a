package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.model.gguf.GgufFile;
import dev.athanor.model.gguf.GgufTokenizer;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tokenizers by the path that a user names.
public final class TokenizerPlace {
  private TokenizerPlace() {}

  /// Byte-level BPE, where that alone will do.
  ///
  /// @param what for, at the end of the sentence that refuses others: "…: only byte-level BPE can be …"
  public static BpeTokenizer openByteLevel(Path path, String what) {
    if (open(path) instanceof BpeTokenizer tokenizer) {
      return tokenizer;
    }
    throw new UserException(path + " is no byte-level BPE tokenizer: only such can be " + what);
  }

  /// @param path a folder, its `tokenizer.json` under whatever name, a `tokenizer.model`, or a `.gguf` file, of which the metadata alone is read
  /// @throws UserException when none is there, or one that Athanor does not read
  public static Tokenizer open(Path path) {
    if (Files.isDirectory(path)) {
      if (!Tokenizers.isIn(path)) {
        throw new UserException(
            "no tokenizer in " + path + ": it holds neither " + Tokenizers.FILE + " nor " + Tokenizers.MODEL_FILE);
      }
      return Tokenizers.open(path);
    }
    if (!Files.exists(path)) {
      throw new UserException("no tokenizer at " + path + ": there is neither a folder nor a file of this name");
    }
    if (path.toString().endsWith(".gguf")) {
      try (GgufFile file = GgufFile.open(path)) {
        return GgufTokenizer.open(file);
      }
    }
    if (!path.toString().endsWith(".json") && !path.toString().endsWith(".model")) {
      throw new UserException(
          path + " is no tokenizer that can be read: name a folder, its " + Tokenizers.FILE + ", a " + Tokenizers.MODEL_FILE
              + ", or a .gguf file");
    }
    return Tokenizers.open(path);
  }

  /// The folder with the tokenizer's files.
  ///
  /// @throws UserException when the path is neither a folder with a `tokenizer.json` nor that file
  public static Path folder(Path path) {
    if (Files.isDirectory(path)) {
      if (!Files.exists(path.resolve(Tokenizers.FILE))) {
        throw new UserException("no tokenizer in " + path + ": it holds no " + Tokenizers.FILE);
      }
      return path;
    }
    if (!path.endsWith(Tokenizers.FILE)) {
      throw new UserException(path + " is no tokenizer that can be read: name a folder, its " + Tokenizers.FILE + ", or a .gguf file");
    }
    return path.toAbsolutePath().resolveSibling("");
  }
}
