package dev.athanor.inference;

/// What one state space remembers, however long the sequence: its convolution's last inputs and its state. A pass reads what it found
/// and writes beside it, so that one that fails leaves the sequence as it was.
final class RecurrentState {
  private final int inputNumbers;
  private final int stateNumbers;
  private float[] inputs = {};
  private float[] nextInputs = {};
  private float[] state = {};
  private float[] nextState = {};

  /// Zeros, as before the first position.
  ///
  /// @param inputNumbers of the convolution's inputs that are kept
  RecurrentState(int inputNumbers, int stateNumbers) {
    this.inputNumbers = inputNumbers;
    this.stateNumbers = stateNumbers;
  }

  /// Makes room. Repeated after a pass that failed, it finds everything as it was.
  void reserve() {
    if (nextState.length < stateNumbers) {
      inputs = new float[inputNumbers];
      nextInputs = new float[inputNumbers];
      state = new float[stateNumbers];
      nextState = new float[stateNumbers];
    }
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
    RecurrentState copy = new RecurrentState(inputNumbers, stateNumbers);
    copy.inputs = inputs.clone();
    copy.nextInputs = nextInputs.clone();
    copy.state = state.clone();
    copy.nextState = nextState.clone();
    return copy;
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
