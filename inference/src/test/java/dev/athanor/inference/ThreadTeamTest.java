package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ThreadTeamTest {
  @Test
  void barrier_manyRounds_everyMemberSeesTheOthersWrites() {
    try (ThreadTeam team = new ThreadTeam(3).started()) {
      int[] written = new int[3];
      int[] wrong = new int[3];
      for (int run = 0; run < 20; run++) {
        team.run(
            (thread, threads) -> {
              for (int round = 1; round <= 50; round++) {
                written[thread] = round;
                team.barrier();
                for (int other = 0; other < threads; other++) {
                  wrong[thread] += written[other] == round ? 0 : 1;
                }
                team.barrier();
              }
            });
      }
      assertThat(wrong).containsOnly(0);
      assertThat(written).containsOnly(50);
    }
  }

  @Test
  void run_aMemberFails_callerHearsItAndTheTeamLivesOn() {
    try (ThreadTeam team = new ThreadTeam(2).started()) {
      for (int failing = 0; failing < 2; failing++) {
        int culprit = failing;
        assertThatThrownBy(
                () ->
                    team.run(
                        (thread, threads) -> {
                          if (thread == culprit) {
                            throw new ArithmeticException("mine");
                          }
                          team.barrier();
                        }))
            .isInstanceOf(ArithmeticException.class)
            .hasMessage("mine");
        int[] ran = new int[2];
        team.run((thread, threads) -> ran[thread]++);
        assertThat(ran).containsExactly(1, 1);
      }
    }
  }
}
