package dev.athanor.cli.model;

import dev.athanor.model.DType;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What `--dtype` says: f32, bf16 or f16, or their names in a `config.json`.
public final class WeightDType implements ITypeConverter<DType> {
  @Override
  public DType convert(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    for (DType dtype : DType.values()) {
      if (dtype.holdsWeights() && (dtype.name().toLowerCase(Locale.ROOT).equals(name) || dtype.torchName().equals(name))) {
        return dtype;
      }
    }
    throw new TypeConversionException("'" + text + "' is none of f32, bf16, f16");
  }
}
