package dev.athanor.train;

/// What keeps a model from learning its data by heart or from drifting; see the parts' own docs.
///
/// @param dropout [dev.athanor.nn.Dropout], after the embedding and each part of each block
/// @param labelSmoothing and `zLoss`: [dev.athanor.nn.ChunkedCrossEntropy.Regularisation]
public record Regularisation(double dropout, double labelSmoothing, double zLoss) {
  public static final Regularisation NONE = new Regularisation(0, 0, 0);

  public Regularisation {
    if (!(dropout >= 0 && dropout < 1) || !(labelSmoothing >= 0 && labelSmoothing < 1) || !(zLoss >= 0)) {
      throw new IllegalArgumentException("dropout and label smoothing are in [0, 1), the weight of the z-loss not negative");
    }
  }
}
