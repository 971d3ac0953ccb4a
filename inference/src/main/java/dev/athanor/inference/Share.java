package dev.athanor.inference;

/// One team member's share of a pass.
///
/// No sum is ever split between members, so their number does not change a bit of the result.
///
/// @param room the member's own
record Share(Batch batch, ThreadTeam team, int thread, int threads, Room room) {
  /// The first of this member's rows.
  int from() {
    return from(batch.tokens());
  }

  /// The row behind this member's last.
  int to() {
    return to(batch.tokens());
  }

  /// The first of this member's share of `count` things.
  int from(int count) {
    return (int) ((long) count * thread / threads);
  }

  /// Behind the last of them.
  int to(int count) {
    return (int) ((long) count * (thread + 1) / threads);
  }

  /// Waits for the other members: what they wrote before can be read after.
  void barrier() {
    team.barrier();
  }
}
