package dev.athanor.cli.bench;

import org.jspecify.annotations.Nullable;

/// `latency = prefill + n × per token`: what a request takes, by how many tokens it writes, as the line with the least squares.
///
/// @param r2 the share of the latencies' variance that the line explains
public record LatencyLaw(double prefillMs, double perTokenMs, double r2) {
  /// @param tokens that each request wrote
  /// @param millis that each took
  /// @return null where there are fewer than three requests or all wrote as much, so that no line follows from them
  static @Nullable LatencyLaw fit(double[] tokens, double[] millis) {
    int n = tokens.length;
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < n; i++) {
      meanX += tokens[i] / n;
      meanY += millis[i] / n;
    }
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      xx += (tokens[i] - meanX) * (tokens[i] - meanX);
      xy += (tokens[i] - meanX) * (millis[i] - meanY);
      yy += (millis[i] - meanY) * (millis[i] - meanY);
    }
    if (n < 3 || xx == 0) {
      return null;
    }
    double slope = xy / xx;
    return new LatencyLaw(meanY - slope * meanX, slope, yy == 0 ? 1 : xy * xy / (xx * yy));
  }
}
