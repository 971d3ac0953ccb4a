package dev.athanor.cli.bench;

import dev.athanor.base.UserException;

/// How requests come.
public sealed interface Load {
  /// So many at a time: when one has ended the next is sent (a closed loop).
  record Concurrency(int requests) implements Load {
    public Concurrency {
      if (requests < 1) {
        throw new UserException("--concurrency must be at least 1, not " + requests);
      }
    }

    @Override
    public String label() {
      return requests + " at a time";
    }

    @Override
    public double amount() {
      return requests;
    }
  }

  /// So many a second on average, whether earlier ones have ended or not: a Poisson process.
  record Rate(double perSecond) implements Load {
    public Rate {
      if (!(perSecond > 0) || perSecond > 10_000) {
        throw new UserException("--rate must be above 0 and at most 10,000 a second, not " + perSecond);
      }
    }

    @Override
    public String label() {
      return perSecond + " a second";
    }

    @Override
    public double amount() {
      return perSecond;
    }
  }

  String label();

  double amount();
}
