package dev.athanor.inference;

/// What one state space remembers, however long the sequence: its convolution's last inputs and its state. A pass reads what it found
/// and writes beside it, so that one that fails leaves the sequence as it was.
final class RecurrentState {
  private float[] inputs;
  private float[] nextInputs;
  private float[] state;
  private float[] nextState;

  /// Zeros, as before the first position.
  ///
  /// @param inputNumbers of the convolution's inputs that are kept
  RecurrentState(int inputNumbers, int stateNumbers) {
    this(new float[inputNumbers], new float[inputNumbers], new float[stateNumbers], new float[stateNumbers]);
  }

  private RecurrentState(float[] inputs, float[] nextInputs, float[] state, float[] nextState) {
    this.inputs = inputs;
    this.nextInputs = nextInputs;
    this.state = state;
    this.nextState = nextState;
  }

  /// Before the pass; a position's inputs one after the other, the oldest first.
  float[] inputs() {
    return inputs;
  }

  float[] nextInputs() {
    return nextInputs;
  }

  /// Before the pass.
  float[] state() {
    return state;
  }

  float[] nextState() {
    return nextState;
  }

  RecurrentState copy() {
    return new RecurrentState(inputs.clone(), nextInputs.clone(), state.clone(), nextState.clone());
  }

  /// What a pass wrote counts from now on.
  void commit() {
    float[] before = inputs;
    inputs = nextInputs;
    nextInputs = before;
    before = state;
    state = nextState;
    nextState = before;
  }
}
