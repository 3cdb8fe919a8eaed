package org.drllava.clinical.paraphrase;

import java.net.http.HttpRequest;
import java.util.Map;
import org.drllava.common.InputException;

/** The key of an endpoint, or none. Not a record: nothing prints it, and it leaves only in the header made for it. */
public final class ApiKey {
    /** Keyless servers are given words such as "none", which may well stand in a reply. */
    private static final int SHORTEST_SECRET = 6;

    private final String name;
    private final String value;

    private ApiKey(String name, String value) {
        this.name = name;
        this.value = value;
    }

    /** The value of an environment variable, or none where it is not set; throws {@link InputException} for one that no header can carry. */
    static ApiKey from(Map<String, String> environment, String name) {
        var value = environment.getOrDefault(name, "").strip();
        if (!value.chars().allMatch(c -> c > ' ' && c < 127)) { // a header refuses these, and its error would quote the key
            throw new InputException("The environment variable " + name + " holds characters that no API key has, such as spaces or line breaks.");
        }
        return new ApiKey(name, value);
    }

    /** As {@link #from}; throws {@link InputException} also where it is not set and the server runs elsewhere. */
    public static ApiKey forServer(BaseUrl base, Map<String, String> environment, String name) {
        var key = from(environment, name);
        if (!key.isPresent() && !base.isThisHost()) {
            throw new InputException("The environment variable " + name + " is not set; it must hold the key for " + base.uri() + ", or --api-key-env"
                    + " names another.");
        }
        return key;
    }

    /** The environment variable's name. */
    String name() {
        return name;
    }

    boolean isPresent() {
        return !value.isEmpty();
    }

    void authorise(HttpRequest.Builder request) {
        if (isPresent()) {
            request.header("Authorization", "Bearer " + value);
        }
    }

    /** The text without the key: some endpoints quote it. */
    String redacted(String text) {
        return value.length() < SHORTEST_SECRET ? text : text.replace(value, "***");
    }
}
