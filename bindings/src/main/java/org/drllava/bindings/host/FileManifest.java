package org.drllava.bindings.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Files that come together, each with its size and hash.
 *
 * @param version what the files are a version of
 * @param files in the order in which they are used
 * @param hash SHA-256 of the manifest's text, in hexadecimal
 */
public record FileManifest(String version, List<Entry> files, String hash) {
    public FileManifest {
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param resource where it is on the class path; the part after the last slash is the file's name
     * @param bytes its size
     * @param sha256 in lower-case hexadecimal
     */
    public record Entry(String resource, long bytes, String sha256) {
        /** The name the file has when unpacked. */
        public String fileName() {
            return resource.substring(resource.lastIndexOf('/') + 1);
        }
    }

    /**
     * Reads tab-separated lines: {@code version} and its value, then {@code resource, bytes, SHA-256} a file; lines
     * that begin with {@code #} are comments.
     *
     * @throws IllegalArgumentException for any other line
     */
    public static FileManifest parse(String text) {
        List<String[]> rows = text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\t"))
                .toList();
        if (rows.isEmpty() || rows.getFirst().length != 2 || !rows.getFirst()[0].equals("version")) {
            throw new IllegalArgumentException("a manifest begins with \"version<TAB>value\"");
        }
        List<Entry> files = rows.stream().skip(1).map(FileManifest::entry).toList();
        byte[] digest = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return new FileManifest(rows.getFirst()[1], files, HexFormat.of().formatHex(digest));
    }

    private static Entry entry(String[] columns) {
        if (columns.length != 3 || !columns[2].matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "a manifest line is \"resource<TAB>bytes<TAB>sha256\", not \"" + String.join("\t", columns) + "\"");
        }
        return new Entry(columns[0], Long.parseLong(columns[1]), columns[2]);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
