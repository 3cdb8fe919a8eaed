package org.drllava.clinical.paraphrase;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.drllava.common.InputException;

/** Where an OpenAI-compatible interface begins, as {@code https://api.openai.com/v1}. */
public record BaseUrl(URI uri) {
    private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Checks an address. Throws {@link InputException} for one that is no plain http or https address, and for http to another
     * host unless {@code allowHttp}: key and wordings would be readable on the way.
     */
    public static BaseUrl of(String text, boolean allowHttp) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw wrong("the text given is no address"); // not repeated: it may hold a password
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) { // likewise
            throw wrong("the address has a user name, a query or a fragment");
        }
        var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !Set.of("http", "https").contains(scheme)) {
            throw wrong(uri + " is no such address");
        }
        var base = new BaseUrl(uri);
        if (scheme.equals("http") && !base.isThisHost() && !allowHttp) {
            throw new InputException("--base-url: " + uri + " would carry the key unencrypted to another host; use https, or --allow-http.");
        }
        return base;
    }

    /** Whether the server runs on this host, so that nothing goes over a network. */
    public boolean isThisHost() {
        return THIS_HOST.contains(uri.getHost().toLowerCase(Locale.ROOT));
    }

    URI resolve(String path) {
        return URI.create(uri.toString().replaceAll("/+$", "") + "/" + path);
    }

    private static InputException wrong(String found) {
        return new InputException("--base-url: expected http(s)://HOST[:PORT][/PATH], as in https://api.openai.com/v1, but " + found + ".");
    }
}
