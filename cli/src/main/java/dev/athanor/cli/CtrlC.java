package dev.athanor.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/// What Ctrl-C does for a while, instead of ending the program. The JDK has this in `sun.misc.Signal` only, which javac warns
/// about and cannot be told not to; so it is reached by reflection, and where it is missing Ctrl-C keeps ending the program.
final class CtrlC implements AutoCloseable {
  private final Object before;

  private CtrlC(Object before) {
    this.before = before;
  }

  static CtrlC does(Runnable action) {
    InvocationHandler handler =
        (proxy, method, arguments) -> switch (method.getName()) {
          case "handle" -> {
            action.run();
            yield null;
          }
          case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
          case "hashCode" -> System.identityHashCode(proxy);
          default -> "Ctrl-C";
        };
    return new CtrlC(install(handler));
  }

  /// What stood there before; the handler itself where signals cannot be caught.
  private static Object install(InvocationHandler handler) {
    try {
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      return install(Proxy.newProxyInstance(CtrlC.class.getClassLoader(), new Class<?>[] {type}, handler));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return handler;
    }
  }

  private static Object install(Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    Object interrupt = signal.getConstructor(String.class).newInstance("INT");
    return signal.getMethod("handle", signal, type).invoke(null, interrupt, handler);
  }

  @Override
  public void close() {
    if (before instanceof InvocationHandler) {
      return;
    }
    try {
      install(before);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot give Ctrl-C back", e);
    }
  }
}
