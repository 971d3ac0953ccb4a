package dev.athanor.inference;

/// The Gumbel noise of one place of a text: a number for each token that depends on the request's seed, the place and the token alone.
/// The token whose scaled logit and noise are the largest together is a draw from the softmax; and two models that draw with the same
/// noise mostly draw the same token where their distributions are alike. So a draft model's guesses and what stands in their place
/// without them are drawn alike, and the text does not depend on who guessed. Daliri, Musco and Suresh,
/// https://arxiv.org/abs/2408.07978
record Noise(long key) {
  /// Above any number that there is.
  static final double MOST = 37;

  private static final long STEP = 0x9E3779B97F4A7C15L;
  /// A noise above a whole number needs a `share` below this.
  private static final double[] BOUNDS = new double[(int) MOST + 1];

  static {
    for (int i = 0; i < BOUNDS.length; i++) {
      BOUNDS[i] = Math.exp(-i);
    }
  }

  /// @param place in the text, from 0
  static Noise of(long seed, long place) {
    return new Noise(mixed(mixed(seed) + place * STEP));
  }

  /// Uniform, above 0 and at most 1; the less, the more noise.
  private double share(int id) {
    return ((mixed(key + id * STEP) >>> 11) + 1) * 0x1p-53;
  }

  /// A token's noise, standard Gumbel.
  double at(int id) {
    return -Math.log(-Math.log1p(-Math.min(share(id), 1 - 0x1p-53)));
  }

  /// Whether a token's noise may be above a number: false only where it is not. Costs less than the noise.
  boolean mayPass(int id, double least) {
    return least <= 0 || (least < MOST && share(id) <= BOUNDS[(int) least]);
  }

  /// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", with Stafford's constants.
  private static long mixed(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
