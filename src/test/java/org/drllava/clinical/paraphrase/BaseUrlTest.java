package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpRequest;
import java.net.URI;
import java.util.Map;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {
    @ParameterizedTest
    @ValueSource(strings = {"https://api.example.org/v1", "https://api.example.org/v1/", "http://localhost:8000", "HTTP://LOCALHOST/v1", "http://127.0.0.1:1/v1",
        "http://[::1]:8000/v1"})
    void goodAddresses(String text) {
        assertThat(BaseUrl.of(text, false).resolve("chat/completions").toString()).isEqualTo(text.replaceAll("/$", "") + "/chat/completions");
    }

    @Test
    void theKeyDoesNotCrossANetworkInTheClear() {
        for (var host : new String[] {"example.org", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org", "[::2]"}) {
            assertThatThrownBy(() -> BaseUrl.of("http://" + host + "/v1", false)).isInstanceOf(InputException.class).hasMessageContaining("--allow-http");
            assertThat(BaseUrl.of("http://" + host + "/v1", true).isThisHost()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "api.example.org/v1", "ftp://localhost/v1", "https:///v1", "file:/etc/passwd", "https://localhost:port/",
        "https://sesame:sesame@localhost/v1", "https://localhost/v1?key=sesame", "https://localhost/v1#sesame", "https://sesame:ses ame@x/", "http:sesame"})
    void badAddressesAreRefusedWithoutTheirSecrets(String text) {
        assertThatThrownBy(() -> BaseUrl.of(text, true)).isInstanceOf(InputException.class).hasMessageStartingWith("--base-url: expected http")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("sesame:", "=sesame", "#sesame", "ses ame"));
    }

    @Test
    void aKeyIsNeverShown() {
        var local = BaseUrl.of("http://localhost/v1", false);
        assertThatThrownBy(() -> ApiKey.forServer(local, Map.of("KEY", "open\nsesame"), "KEY")).isInstanceOf(InputException.class)
                .hasMessageContaining("KEY").satisfies(e -> assertThat(e.getMessage()).doesNotContain("open", "sesame"));
        assertThatThrownBy(() -> ApiKey.forServer(BaseUrl.of("https://x.org", false), Map.of(), "KEY")).isInstanceOf(InputException.class)
                .hasMessageContainingAll("KEY", "https://x.org");
        assertThat(ApiKey.forServer(local, Map.of(), "KEY").isPresent()).isFalse();
        var key = ApiKey.forServer(local, Map.of("KEY", "sesame-1\n"), "KEY");
        assertThat(key.redacted("no sesame-1 here")).isEqualTo("no *** here");
        assertThat(key.toString()).doesNotContain("sesame");
        assertThat(ApiKey.forServer(local, Map.of("KEY", "none"), "KEY").redacted("none of them")).isEqualTo("none of them");
        var request = HttpRequest.newBuilder(URI.create("http://localhost"));
        key.authorise(request);
        assertThat(request.build().headers().allValues("Authorization")).containsExactly("Bearer sesame-1");
    }
}
