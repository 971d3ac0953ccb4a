package dev.athanor.data.source;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.source.MavenSource.SourceJar;
import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.RepositoryOfflineException;
import org.eclipse.aether.transfer.TransferEvent;

/// Maven's repositories as the user's settings describe them.
final class MavenRepositories implements AutoCloseable {
  private static final Pattern COORDINATE = Pattern.compile("[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.+-]+");

  private final Context maven;
  private final Progress.Task transfer;

  private MavenRepositories(Context maven, Progress.Task transfer) {
    this.maven = maven;
    this.transfer = transfer;
  }

  static MavenRepositories open(MavenSettings settings, Progress progress) {
    Progress.Task transfer = progress.start("fetch source jars", -1, "B");
    var overrides =
        ContextOverrides.create()
            .withUserSettings(true)
            .transferListener(new Transfers(transfer));
    settings.userSettings().ifPresent(overrides::withUserSettingsXmlOverride);
    settings.localRepository().ifPresent(overrides::withLocalRepositoryOverride);
    MavenSettings.installation().ifPresent(overrides::withMavenSystemHomeOverride);
    try {
      Context maven = Runtimes.INSTANCE.getRuntime().create(overrides.build());
      return new MavenRepositories(offline(maven) ? maven.customize(overrides.offline(true).build()) : maven, transfer);
    } catch (IllegalStateException | SettingsBuildingException e) {
      transfer.close();
      throw new UserException("Maven's settings cannot be read: " + deepest(e) + "; mend settings.xml", e);
    }
  }

  /// What the settings say: the runtime heeds all of them but this one.
  private static boolean offline(Context maven) throws SettingsBuildingException {
    var request = new DefaultSettingsBuildingRequest();
    request.setSystemProperties(System.getProperties());
    request.setUserSettingsFile(maven.mavenUserHome().settingsXml().toFile());
    Optional.ofNullable(maven.mavenSystemHome())
        .ifPresent(home -> request.setGlobalSettingsFile(home.settingsXml().toFile()));
    return new DefaultSettingsBuilderFactory().newInstance().build(request).getEffectiveSettings().isOffline();
  }

  /// Shows bytes as they come. Jars are fetched on several threads.
  private static final class Transfers extends AbstractTransferListener {
    private final Progress.Task task;

    Transfers(Progress.Task task) {
      this.task = task;
    }

    @Override
    public void transferProgressed(TransferEvent event) {
      synchronized (task) {
        task.advance(event.getDataLength());
        String name = event.getResource().getResourceName();
        task.note(name.substring(name.lastIndexOf('/') + 1));
      }
    }
  }

  /// The jars in the order of the coordinates.
  ///
  /// @throws UserException naming every coordinate that gives none, each with its own reason
  List<SourceJar> sourceJars(List<String> coordinates) {
    var problems = new ArrayList<>(malformed(coordinates));
    var jars = new ArrayList<SourceJar>();
    for (ArtifactResult result : resolve(requests(coordinates))) {
      Artifact artifact = result.getRequest().getArtifact();
      if (result.isResolved()) {
        jars.add(new SourceJar(coordinate(artifact), result.getArtifact().getFile().toPath(), licence(artifact)));
      } else {
        problems.add(coordinate(artifact) + ": " + reason(result, artifact));
      }
    }
    refuse(problems);
    return jars;
  }

  private static boolean isWellFormed(String coordinate) {
    return COORDINATE.matcher(coordinate).matches();
  }

  private static List<String> malformed(List<String> coordinates) {
    return coordinates.stream()
        .filter(coordinate -> !isWellFormed(coordinate))
        .map(
            coordinate ->
                "'" + coordinate + "': not a Maven coordinate; write groupId:artifactId:version, such as"
                    + " org.apache.commons:commons-lang3:3.20.0")
        .toList();
  }

  private List<ArtifactRequest> requests(List<String> coordinates) {
    var requests = new ArrayList<ArtifactRequest>();
    for (String coordinate : coordinates) {
      if (isWellFormed(coordinate)) {
        List<String> parts = List.of(coordinate.split(":", -1));
        var sources = new DefaultArtifact(parts.get(0), parts.get(1), "sources", "jar", parts.get(2));
        requests.add(new ArtifactRequest(sources, maven.remoteRepositories(), ""));
      }
    }
    return requests;
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new UserException(
          problems.stream().collect(Collectors.joining("\n  ", "cannot get the sources of\n  ", "")));
    }
  }

  private List<ArtifactResult> resolve(List<ArtifactRequest> requests) {
    try {
      return maven.repositorySystem().resolveArtifacts(maven.repositorySystemSession(), requests);
    } catch (ArtifactResolutionException e) {
      return e.getResults();
    }
  }

  private static String coordinate(Artifact artifact) {
    return artifact.getGroupId() + ":" + artifact.getArtifactId() + ":" + artifact.getVersion();
  }

  private String reason(ArtifactResult result, Artifact artifact) {
    List<Throwable> causes = result.getExceptions().stream().flatMap(MavenRepositories::chain).toList();
    if (maven.repositorySystemSession().isOffline()
        || causes.stream().anyMatch(RepositoryOfflineException.class::isInstance)) {
      return "Maven's settings say offline, and the local repository "
          + maven.repositorySystemSession().getLocalRepository().getBasedir()
          + " does not hold its -sources jar; take <offline> out of settings.xml for one run";
    }
    Optional<String> network = causes.stream().flatMap(cause -> network(cause).stream()).findFirst();
    if (network.isPresent()) {
      return network.get();
    }
    if (causes.stream().allMatch(cause -> cause instanceof ArtifactNotFoundException) && !causes.isEmpty()) {
      return pomExists(artifact)
          ? "was published without sources: there is a POM, but no -sources jar in " + places()
              + "; take another version or leave it out"
          : "is not in " + places() + "; check its spelling and version, or add your repository to settings.xml";
    }
    return causes.stream().map(Throwable::getMessage).findFirst().orElse("cannot be resolved in " + places());
  }

  private Optional<String> network(Throwable cause) {
    String advice = "; check the network, or set a mirror or proxy in Maven's settings.xml";
    return switch (cause) {
      case UnknownHostException e -> Optional.of("no network: the host of " + places() + " is not known (" + e.getMessage() + ")" + advice);
      case ConnectException e -> Optional.of("no connection to " + places() + " (" + e.getMessage() + ")" + advice);
      case NoRouteToHostException e -> Optional.of("no route to " + places() + " (" + e.getMessage() + ")" + advice);
      case SocketTimeoutException e -> Optional.of("no answer from " + places() + " (" + e.getMessage() + ")" + advice);
      case SSLException e ->
          Optional.of(
              "no trusted connection to " + places() + " (" + e.getMessage()
                  + "); if your network has its own certificate authority, name its trust store with"
                  + " JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=<file>");
      default -> refusedStatus(cause);
    };
  }

  private Optional<String> refusedStatus(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    boolean refused = Stream.of("status code: 401", "status code: 403", "status code: 407").anyMatch(message::contains);
    return refused
        ? Optional.of(places() + " refuses access (" + message + "); put the credentials of that server into settings.xml")
        : Optional.empty();
  }

  private boolean pomExists(Artifact artifact) {
    var pom = new DefaultArtifact(artifact.getGroupId(), artifact.getArtifactId(), "", "pom", artifact.getVersion());
    return resolve(List.of(new ArtifactRequest(pom, maven.remoteRepositories(), ""))).stream()
        .allMatch(ArtifactResult::isResolved);
  }

  /// Of the POM with its parents' inheritance; a POM that cannot be read tells none.
  private Optional<String> licence(Artifact artifact) {
    var pom = new DefaultArtifact(artifact.getGroupId(), artifact.getArtifactId(), "", "pom", artifact.getVersion());
    var request = new ArtifactDescriptorRequest(pom, maven.remoteRepositories(), "");
    try {
      Map<String, Object> facts =
          maven.repositorySystem().readArtifactDescriptor(maven.repositorySystemSession(), request).getProperties();
      return Stream.of("license.0.name", "license.0.url")
          .flatMap(key -> Optional.ofNullable(facts.get(key)).stream())
          .flatMap(fact -> SpdxLicence.of(fact.toString()).stream())
          .findFirst();
    } catch (ArtifactDescriptorException e) {
      return Optional.empty();
    }
  }

  private String places() {
    return maven.remoteRepositories().stream().map(MavenRepositories::place).collect(Collectors.joining(", "));
  }

  private static String place(RemoteRepository repository) {
    return repository.getId() + " (" + repository.getUrl() + ")";
  }

  private static Stream<Throwable> chain(Throwable first) {
    return Stream.iterate(first, cause -> cause != null, Throwable::getCause);
  }

  private static String deepest(Throwable first) {
    return chain(first).reduce((a, b) -> b).map(Throwable::getMessage).orElse("");
  }

  @Override
  public void close() {
    maven.close();
    transfer.close();
  }
}
