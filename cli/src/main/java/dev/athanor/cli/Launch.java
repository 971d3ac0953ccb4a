package dev.athanor.cli;

import dev.athanor.inference.EngineOptions;

/// How a model is to run: the engine, and the runner that computes for it.
record Launch(EngineOptions engine, Placement placement) {
  static final Launch DEFAULT = new Launch(EngineOptions.DEFAULT, new Placement.Kernels());

  Launch with(EngineOptions other) {
    return new Launch(other, placement);
  }
}
