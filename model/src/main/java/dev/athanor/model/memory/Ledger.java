package dev.athanor.model.memory;

/// Adds up what a pass over N positions keeps, op by op, as the blocks of module `nn` make it.
final class Ledger {
  private static final int F32 = 4;
  private static final int HALF = 2;

  private final long positions;
  private final Products products;
  private long results;
  private long copies;

  Ledger(long positions, Products products) {
    this.positions = positions;
    this.products = products;
  }

  /// A result of so many numbers a position, in f32.
  Ledger f32(long numbers) {
    return f32InAll(positions * numbers);
  }

  Ledger f32InAll(long numbers) {
    results += F32 * numbers;
    return this;
  }

  /// What follows from a product, in the product's numbers.
  Ledger like(long numbers) {
    results += bytes() * positions * numbers;
    return this;
  }

  /// A product's operand that is in f32: for one in 16 bits there is a copy.
  Ledger cast(long numbersInAll) {
    copies += products.areHalf() ? HALF * numbersInAll : 0;
    return this;
  }

  /// What the graph keeps in f32 without showing it.
  Ledger hidden(long numbers) {
    copies += F32 * positions * numbers;
    return this;
  }

  /// A product's weights: where they are in f32 and it is not, there is a copy.
  Ledger weights(long numbers) {
    return switch (products) {
      case F32, HALF -> this;
      case HALF_OF_F32 -> cast(numbers);
    };
  }

  private int bytes() {
    return products.areHalf() ? HALF : F32;
  }

  /// `x · Wᵀ` of an input in f32.
  Ledger linear(long in, long out) {
    return cast(positions * in).linearOfHalf(in, out);
  }

  /// `x · Wᵀ` of an input that is itself a product's.
  Ledger linearOfHalf(long in, long out) {
    return weights(in * out).like(out);
  }

  Kept kept() {
    return new Kept(results, copies);
  }
}
