package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bash launcher, copied into a house of its own that counts as built, with JDKs that only look like some.
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {
  @TempDir Path dir;
  private Path launcher = Path.of("");

  @BeforeEach
  void house() throws IOException {
    Path house = dir.resolve("house");
    Files.createDirectories(house.resolve("bin"));
    launcher = Files.copy(Path.of("..", "athanor"), house.resolve("athanor"));
    Files.copy(Path.of("..", "bin", "jvm.options"), house.resolve("bin/jvm.options"));
    Files.createFile(house.resolve("pom.xml"));
    Files.createDirectories(house.resolve("cli/target"));
    Files.writeString(house.resolve("cli/target/classpath"), "libraries.jar");
    Files.createFile(house.resolve("cli/target/cli-1.jar"));
  }

  /// A folder with a `release` file and a `java` that prints its arguments, one a line.
  private Path jdk(String name, String version, boolean withCompiler) throws IOException {
    Path home = dir.resolve(name);
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(bin.resolve("java"), "printf '%s\\n' \"$@\"");
    if (withCompiler) {
      script(bin.resolve("javac"), "exit 1");
    }
    return home;
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void built(Path jdk) throws IOException {
    Path target = Files.createDirectories(launcher.resolveSibling("target"));
    Files.writeString(target.resolve("built"), jdk.toString());
  }

  record Ended(int status, String output) {}

  private Ended launch(Path script, Map<String, String> environment, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("JAVA") || name.startsWith("ATHANOR"));
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("ATHANOR_JDK_PLACES", dir + "/places/*");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  /// A PATH with the tools that the launcher uses, and neither `java` nor `mvn`.
  private String barePath() throws IOException {
    Path bin = Files.createDirectories(dir.resolve("bare"));
    for (String tool : List.of("bash", "dirname", "readlink", "cat", "find", "head", "sed", "mkdir", "rm", "mv", "sleep", "touch")) {
      for (String place : List.of("/usr/bin/", "/bin/")) {
        Path real = Path.of(place + tool);
        if (Files.exists(real) && Files.notExists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), real);
        }
      }
    }
    return bin.toString();
  }

  @Test
  void launch_noJdkThatFits_saysWhatItTriedAndHowToGetOne() throws Exception {
    Path old = jdk("places/old", "17.0.15", true);
    Path runtime = jdk("places/runtime", "25.0.1", false);
    Ended ended = launch(launcher, Map.of("PATH", barePath(), "JAVA_HOME", dir + "/gone"), "--help");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.output())
        .contains("JDK 25 or newer")
        .contains("JAVA_HOME=" + dir + "/gone: there is no bin/java")
        .contains(old + " (found there): Java 17.0.15")
        .contains(runtime + " (found there): Java 25.0.1 without javac")
        .contains("https://adoptium.net");
  }

  @Test
  void launch_oldJavaHomeAndNewerElsewhere_takesTheNewer() throws Exception {
    Path newer = jdk("places/newer", "26-ea", true);
    built(newer);
    Map<String, String> environment = Map.of("PATH", barePath(), "JAVA_HOME", jdk("old", "21.0.2", true).toString());
    Ended ended = launch(launcher, environment, "chat", "a b", "");
    assertThat(ended.output().lines())
        .contains("@" + launcher.resolveSibling("bin/jvm.options").toRealPath(), "dev.athanor.cli.Athanor")
        .endsWith("chat", "a b", "");
    assertThat(ended.output()).contains("cli-1.jar:libraries.jar");
    assertThat(ended.status()).isZero();
  }

  @Test
  void launch_java25Home_goesBeforeAllOthers() throws Exception {
    Path chosen = jdk("chosen", "25", true);
    built(chosen);
    Path other = jdk("places/other", "25.0.2", true);
    Ended ended =
        launch(launcher, Map.of("JAVA25_HOME", chosen.toString(), "JAVA_HOME", other.toString()), "--version");
    assertThat(ended.status()).isZero();
    assertThat(ended.output().lines()).endsWith("dev.athanor.cli.Athanor", "--version");
    assertThat(ended.output()).contains("-XX:+UseSerialGC").doesNotContain("incubator.vector\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--help, true", "runs, true", "show quickstart, true", "model, true", "model --help, true",
    "model inspect runs/x/model, true", "model new --help, false", "model convert a b, false", "chat, false"
  })
  void launch_whatOnlyLooksThingsUp_startsShort(String line, boolean isShort) throws Exception {
    Path chosen = jdk("places/chosen", "25", true);
    built(chosen);
    Ended ended = launch(launcher, Map.of("JAVA25_HOME", chosen.toString()), line.split(" "));
    assertThat(ended.status()).isZero();
    assertThat(ended.output().contains("-XX:+UseSerialGC")).isEqualTo(isShort);
    assertThat(ended.output().contains("@")).isNotEqualTo(isShort);
  }

  @Test
  void launch_throughASymbolicLink_findsItsHouse() throws Exception {
    Path chosen = jdk("places/chosen", "25.0.1", true);
    built(chosen);
    Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("house", "athanor"));
    Ended ended = launch(link, Map.of("JAVA25_HOME", chosen.toString()), "--help");
    assertThat(ended.output()).contains(launcher.toRealPath().getParent() + "/cli/target/cli-1.jar");
  }

  @Test
  void launch_sourcesNewerAndNoMaven_saysSo() throws Exception {
    Path chosen = jdk("places/chosen", "25.0.1", true);
    Ended ended = launch(launcher, Map.of("PATH", barePath(), "JAVA25_HOME", chosen.toString()), "--help");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.output()).contains("no mvn on the PATH").contains("maven.apache.org");
    assertThat(launcher.resolveSibling("target/build.lock")).doesNotExist();
  }

  @Test
  void launch_buildThatFails_showsTheEndOfItsLog() throws Exception {
    Path chosen = jdk("places/chosen", "25.0.1", true);
    String path = barePath();
    script(Path.of(path, "mvn"), "echo the compiler is unhappy; exit 1");
    Files.createSymbolicLink(Path.of(path, "tail"), Path.of("/usr/bin/tail"));
    Ended ended = launch(launcher, Map.of("PATH", path, "JAVA25_HOME", chosen.toString()), "--help");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.output()).contains("building Athanor", "the compiler is unhappy", "build.log");
    assertThat(launcher.resolveSibling("target/built")).doesNotExist();
  }

  @Test
  void launch_builtAndASourceTouchedLater_buildsAgainOnce() throws Exception {
    Path chosen = jdk("places/chosen", "25.0.1", true);
    built(chosen);
    String path = barePath();
    script(Path.of(path, "mvn"), "echo built >>" + dir + "/builds");
    Path source = Files.createDirectories(launcher.resolveSibling("base/src/main")).resolve("A.java");
    Files.createFile(source);
    Files.setLastModifiedTime(
        launcher.resolveSibling("target/built"), FileTime.fromMillis(1_000_000));
    Map<String, String> environment = Map.of("PATH", path, "JAVA25_HOME", chosen.toString());
    assertThat(launch(launcher, environment, "--help").status()).isZero();
    assertThat(launch(launcher, environment, "--help").status()).isZero();
    assertThat(Files.readAllLines(dir.resolve("builds"))).containsExactly("built");
  }
}
