package dev.athanor.eval.report;

import java.util.List;

/// A part of the report under its heading; `id` is its anchor.
record Section(String id, String title, List<Block> blocks) {
  Section {
    blocks = List.copyOf(blocks);
  }
}
