package dev.athanor.data.spill;

import dev.athanor.base.Progress;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Workspace;
import java.nio.file.Path;

/// A workspace on this machine. A sort of pairs takes up to half of the memory while it is filled and little while it is read, so
/// that one can be filled while another is read.
///
/// @param folder for files that are not needed afterwards
/// @param memory bytes that may be held at once
public record LocalWorkspace(Path folder, long memory, int threads, Progress progress) implements Workspace {
  @Override
  public PairSort pairSort(String name) {
    return new DiskPairSort(folder, name, memory / 2, threads);
  }
}
