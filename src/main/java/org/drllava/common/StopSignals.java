package org.drllava.common;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGINT (Ctrl-C) and SIGTERM as requests to come to an end, instead of the end itself. Until it is closed the JVM does not end
 * by them.
 */
public final class StopSignals implements AutoCloseable {
    private record Before(Signal signal, SignalHandler handler) {}

    private final List<Before> before = new ArrayList<>();

    /** @param handler gets the name, {@code INT} or {@code TERM}, each time one comes, on a thread of the JVM's */
    public StopSignals(Consumer<String> handler) {
        for (String name : List.of("INT", "TERM")) {
            Signal signal = new Signal(name);
            before.add(new Before(signal, Signal.handle(signal, received -> handler.accept(received.getName()))));
        }
    }

    @Override
    public void close() {
        before.forEach(one -> Signal.handle(one.signal(), one.handler()));
    }
}
