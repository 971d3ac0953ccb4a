package dev.athanor.data.shard;

import dev.athanor.base.UserException;
import dev.athanor.data.Permutation;
import dev.athanor.data.Rows;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.mixture.Interleaving;
import dev.athanor.data.mixture.MixturePlan;

/// The rows of token shards in the order of training: an endless stream, a pure function of (seed, row).
///
/// A *pass* is as many rows as the mixture comes to, its groups laid one into another. The k-th row of a group, counted through all
/// passes, is row π(k mod R) of its R, where π is a permutation drawn by the seed, the group and its own epoch k div R. So nothing is
/// kept or read but the row itself; a fraction of an epoch is the rows that the permutation puts first; and whoever goes on at any row, on any
/// number of ranks, goes on in the same stream. Thread-safe.
public final class MixedRows implements Rows {
  private final RowsFile file;
  private final Interleaving pass;
  private final long seed;

  /// @param plan of the groups of the shards, in their order
  /// @throws UserException when the mixture takes no row
  public MixedRows(RowsFile file, MixturePlan plan, long seed) {
    int groups = file.summary().groups().size();
    if (plan.groups().size() != groups) {
      throw new IllegalArgumentException("a plan of " + plan.groups().size() + " groups for " + groups);
    }
    this.file = file;
    this.seed = SplitMix64.mix(seed);
    pass = new Interleaving(plan.rows(file.summary().groups().stream().mapToLong(RowsSummary.Group::rows).toArray()));
  }

  /// Where a row comes from.
  ///
  /// @param epoch how often the group has been gone through before
  /// @param row of the group's, in the file
  public record Origin(int group, long epoch, long row) {}

  @Override
  public int length() {
    return file.summary().length();
  }

  /// Rows of a pass over the mixture.
  public long rowsPerPass() {
    return pass.size();
  }

  /// Rows of a group in a pass.
  public long rowsPerPass(int group) {
    return pass.count(group);
  }

  /// Rows of a group in one of its epochs.
  public long rowsOf(int group) {
    return file.rows(group);
  }

  /// Where a row comes from.
  public Origin origin(long row) {
    Interleaving.Place place = pass.at(row % pass.size());
    long turn = Math.addExact(Math.multiplyExact(row / pass.size(), pass.count(place.group())), place.turn());
    long rows = file.rows(place.group());
    long epoch = turn / rows;
    long drawn = SplitMix64.mix(seed + place.group()) ^ SplitMix64.mix(epoch + 1);
    return new Origin(place.group(), epoch, new Permutation(rows, drawn).at(turn % rows));
  }

  @Override
  public void row(long row, int[] tokens, int[] segments) {
    Origin origin = origin(row);
    file.row(origin.group, origin.row, tokens, segments);
  }
}
