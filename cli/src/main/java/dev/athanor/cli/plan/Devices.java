package dev.athanor.cli.plan;

import com.sun.management.OperatingSystemMXBean;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.model.memory.Device;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From what was said to a [Device].
public final class Devices {
  private Devices() {}

  /// @param name of a known device; null for this machine, or a computer with `memory`
  /// @throws UserException when there is no such device
  public static Device of(@Nullable String name, @Nullable ByteSize memory) {
    if (name == null) {
      return memory == null ? Device.host("this machine", total()) : Device.host("a computer", memory.bytes());
    }
    Device known =
        Device.KNOWN.stream()
            .filter(device -> device.name().equals(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserException(
                        "no device '%s'; there are %s, and --memory for any other"
                            .formatted(name, Device.KNOWN.stream().map(Device::name).collect(Collectors.joining(", ")))));
    return memory == null ? known : new Device(known.name(), memory.bytes(), known.host(), known.program());
  }

  private static long total() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system ? system.getTotalMemorySize() : 1;
  }
}
