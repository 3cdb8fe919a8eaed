package org.drllava.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.drllava.common.InputException;

/** Which of a host's addresses a rank listens on: the loopback, unless somebody says another. */
final class Addresses {
    private Addresses() {}

    /** Where rank 0 waits for the others. */
    static InetAddress ofRankZero(World world, Optional<String> listen) {
        InetAddress address = listen.isPresent() ? resolve(listen.get(), "--listen") : resolve(world.masterHost(), "MASTER_ADDR");
        String name = listen.isPresent() ? "--listen " + listen.get() : "MASTER_ADDR " + world.masterHost();
        if (address.isLoopbackAddress() && world.localSize() < world.size()) {
            throw new InputException(name + " means the loopback " + address.getHostAddress()
                    + " here, where ranks of other hosts cannot call; give --listen with an address of this host.");
        }
        if (!address.isLoopbackAddress() && !address.isAnyLocalAddress() && !isOfThisHost(address)) {
            throw new InputException(name + " is no address of this host, on which rank 0 runs; give --listen with one, or 0.0.0.0 for all.");
        }
        return address;
    }

    /** Where another rank waits for data: where it was told to, or on the address from which it reaches rank 0. */
    static InetAddress forData(Optional<String> listen, Line toRankZero) {
        return listen.map(name -> resolve(name, "--listen")).orElseGet(() -> toRankZero.local().getAddress());
    }

    static InetAddress resolve(String name, String given) {
        try {
            return InetAddress.getByName(name);
        } catch (UnknownHostException e) {
            throw new InputException(given + ": no host is known as \"" + name + "\".", e);
        }
    }

    /** This host's name for people. */
    static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return System.getenv().getOrDefault("HOSTNAME", "an unnamed host");
        }
    }

    private static boolean isOfThisHost(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
