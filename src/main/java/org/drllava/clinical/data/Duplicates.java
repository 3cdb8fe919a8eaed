package org.drllava.clinical.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.common.InputException;

/** Finds files of equal bytes: one picture under two names may get two labels, or end up in training and test. */
public final class Duplicates {
    private Duplicates() {}

    /** Groups of two and more images whose files have the same SHA-256, in the order met. Only files that share their size are read. */
    public static List<List<LabelledImage>> find(List<LabelledImage> images) {
        var sizes = images.stream().map(image -> size(image.file())).toList();
        var uses = new HashMap<Long, Integer>();
        sizes.forEach(size -> uses.merge(size, 1, Integer::sum));
        var suspects = IntStream.range(0, images.size()).filter(i -> uses.get(sizes.get(i)) > 1).mapToObj(images::get).toList();
        var hashes = suspects.parallelStream().map(image -> sha256(image.file())).toList();
        var groups = new LinkedHashMap<String, List<LabelledImage>>();
        for (int i = 0; i < hashes.size(); i++) {
            groups.computeIfAbsent(hashes.get(i), _ -> new ArrayList<>()).add(suspects.get(i));
        }
        return groups.values().stream().filter(group -> group.size() > 1).toList();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new InputException(file + " cannot be read: " + e + ".", e);
        }
    }

    private static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new InputException(file + " cannot be read: " + e + ".", e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
