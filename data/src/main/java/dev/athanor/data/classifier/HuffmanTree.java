package dev.athanor.data.classifier;

/// The tree that fastText's hierarchical softmax builds over its labels, from their counts; ties are broken as it does. Leaves are the
/// nodes from 0, in the order of the labels.
final class HuffmanTree {
  static final HuffmanTree NONE = new HuffmanTree(0, new int[0][]);
  private static final long ENDLESS = 1_000_000_000_000_000L;

  private final int leaves;
  private final int[][] children;

  private HuffmanTree(int leaves, int[][] children) {
    this.leaves = leaves;
    this.children = children;
  }

  /// @param counts falling
  static HuffmanTree of(long[] counts) {
    int leaves = counts.length;
    long[] weight = new long[2 * leaves - 1];
    int[][] children = new int[leaves - 1][];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = i < leaves ? counts[i] : ENDLESS;
    }
    int leaf = leaves - 1;
    int node = leaves;
    for (int i = leaves; i < weight.length; i++) {
      int[] two = new int[2];
      for (int j = 0; j < 2; j++) {
        two[j] = leaf >= 0 && weight[leaf] < weight[node] ? leaf-- : node++;
      }
      children[i - leaves] = two;
      weight[i] = weight[two[0]] + weight[two[1]];
    }
    return new HuffmanTree(leaves, children);
  }

  int root() {
    return 2 * leaves - 2;
  }

  boolean isLeaf(int node) {
    return node < leaves;
  }

  int left(int node) {
    return children[node - leaves][0];
  }

  int right(int node) {
    return children[node - leaves][1];
  }
}
