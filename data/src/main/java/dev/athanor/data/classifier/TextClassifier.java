package dev.athanor.data.classifier;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Says how likely a text is of which label. Immutable and thread-safe.
public sealed interface TextClassifier permits LinearModel, FastTextModel {
  List<String> labels();

  /// A probability for each label, in the order of `labels()`; all 0 for a text without features. They sum to 1 unless the model
  /// judges each label by itself.
  float[] probabilities(CharSequence text);

  /// Opens a classifier of this project or fastText's, whichever the file is.
  ///
  /// @throws UserException when it is missing, damaged or neither
  static TextClassifier open(Path file) {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(8);
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
    if (head.length == 8) {
      ByteBuffer start = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      if (start.getLong(0) == LinearModel.MAGIC) {
        return LinearModel.read(file);
      }
      if (start.getInt(0) == FastTextModel.MAGIC) {
        return FastTextModel.read(file);
      }
    }
    throw new UserException(file + ": neither a classifier made by 'athanor data train-classifier' nor a fastText .bin or .ftz");
  }

  /// The number of a label, also without fastText's "__label__" before it.
  ///
  /// @throws UserException naming the labels that there are
  default int label(String name, String where) {
    for (int i = 0; i < labels().size(); i++) {
      String label = labels().get(i);
      if (label.equals(name) || label.equals(FastTextModel.LABEL_PREFIX + name)) {
        return i;
      }
    }
    List<String> some = labels().subList(0, Math.min(20, labels().size()));
    throw new UserException(where + ": has no label '" + name + "'; it has " + String.join(", ", some));
  }
}
