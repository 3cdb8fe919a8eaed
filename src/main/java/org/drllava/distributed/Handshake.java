package org.drllava.distributed;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Two processes show each other that they know the same key, without sending it: each answers the other's random challenge with
 * HMAC-SHA256 (RFC 2104) over both challenges. It keeps strangers out of a run; what is sent afterwards is neither encrypted nor
 * protected from those who can change packets on their way.
 */
final class Handshake {
    /** The last number is the protocol's version. */
    private static final byte[] GREETING = "drllava-ranks-01".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WELCOME = {1};
    private static final int CHALLENGE = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Handshake() {}

    /** The other side knows another key. */
    static final class WrongKeyException extends IOException {
        WrongKeyException() {
            super("it knows another secret");
        }
    }

    /** The other side is no rank, or of another version. */
    static final class NoRankException extends IOException {
        NoRankException(String message) {
            super(message);
        }
    }

    /** The side that called. */
    static void call(Line line, byte[] key) throws IOException {
        byte[] mine = challenge();
        line.bytes(join(GREETING, mine));
        greeting(line);
        byte[] theirs = line.bytes(CHALLENGE);
        // Only now, as the listener proves itself first: a caller never answers a stranger.
        if (!MessageDigest.isEqual(line.bytes(CHALLENGE), mac(key, "listener", mine, theirs))) {
            throw new WrongKeyException();
        }
        line.bytes(mac(key, "caller", mine, theirs));
        line.bytes(WELCOME.length);
    }

    /** The side that listened. */
    static void answer(Line line, byte[] key) throws IOException {
        greeting(line);
        byte[] theirs = line.bytes(CHALLENGE);
        byte[] mine = challenge();
        line.bytes(join(GREETING, mine, mac(key, "listener", theirs, mine)));
        byte[] proof;
        try {
            proof = line.bytes(CHALLENGE);
        } catch (EOFException e) { // the caller found our proof wrong
            throw new WrongKeyException();
        }
        if (!MessageDigest.isEqual(proof, mac(key, "caller", theirs, mine))) {
            throw new WrongKeyException();
        }
        line.bytes(WELCOME);
    }

    /** The key of a secret for one purpose. */
    static byte[] derive(String secret, String purpose) {
        return mac(secret.getBytes(StandardCharsets.UTF_8), purpose);
    }

    static byte[] challenge() {
        byte[] bytes = new byte[CHALLENGE];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static void greeting(Line line) throws IOException {
        byte[] theirs = line.bytes(GREETING.length);
        if (!Arrays.equals(theirs, GREETING)) {
            boolean related = Arrays.equals(theirs, 0, GREETING.length - 2, GREETING, 0, GREETING.length - 2);
            throw new NoRankException(related ? "it is of another version of drllava" : "it is no rank of drllava");
        }
    }

    private static byte[] mac(byte[] key, String word, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(word.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    private static byte[] join(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int end = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, end, part.length);
            end += part.length;
        }
        return all;
    }
}
