package dev.athanor.model.memory;

import dev.athanor.model.Mixer;

/// What state spaces keep of a forward pass, by the chunked scans of module `nn`.
///
/// B sequences of L positions, N = B · L, in K chunks of Q; C hidden size, I channels, H heads, S states.
final class StateSpaceActivations {
  private StateSpaceActivations() {}

  static Kept mamba(Mixer.Mamba m, long hidden, long sequences, long length, Products products) {
    long inner = m.innerSize();
    long states = m.stateSize();
    long size = (long) Math.ceil(Math.sqrt((double) length));
    long chunks = Math.ceilDiv(length, size);
    long padded = sequences * chunks * size;
    Ledger kept =
        new Ledger(sequences * length, products)
            .linear(hidden, 2 * inner)
            .f32(2 * inner) // padded, convolved
            .f32(m.convBias() ? inner : 0)
            .f32(inner)
            .linear(inner, m.dtRank() + 2 * states)
            .linearOfHalf(m.dtRank(), inner)
            .f32(inner) // Δ
            .f32(inner) // Δ · u
            .f32(2 * states)
            .f32(4 * inner); // y, u · D, their sum, the gate
    // Inside of chunks five states a position, to carry on between them five more.
    kept.f32InAll(10 * padded * inner * states);
    kept.f32InAll((padded > sequences * length ? 4 : 2) * padded * inner);
    kept.f32InAll(5 * sequences * chunks * inner * states);
    return kept.f32(inner).linear(inner, hidden).kept();
  }

  static Kept mamba2(Mixer.Mamba2 m, long hidden, long sequences, long length, Products products) {
    long inner = m.innerSize();
    long heads = m.numHeads();
    long states = m.stateSize();
    long size = Math.min(m.chunk(), length);
    long chunks = Math.ceilDiv(length, size);
    long all = sequences * chunks * heads * m.headDim() * states; // a state of each chunk
    boolean shared = heads > m.groups();
    return new Ledger(sequences * length, products)
        .linear(hidden, inner + m.convSize() + heads)
        .f32(2L * m.convSize())
        .f32(m.convBias() ? m.convSize() : 0)
        .f32(m.convSize())
        .f32(4 * heads)
        .f32(shared ? 2 * heads * states : 0)
        .f32(inner) // Δ · x
        .f32(3 * heads * size) // decays
        .like(2 * heads * size) // C · Bᵀ, decayed
        .hidden(2 * heads * states + inner)
        .like(inner)
        .f32(2 * heads + inner)
        .hidden(inner + 2 * heads * states)
        .f32InAll(4 * all)
        .like(inner)
        .f32(heads + 8 * inner) // carried, added, in order; x · D, added, the gate, gated, normalised
        .hidden(1)
        .linear(inner, hidden)
        .kept();
  }
}
