package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                             | 0
            17                            | 17
            ' 3 '                         | 3
            Sat, 01 Mar 2025 12:01:30 GMT | 90
            Sat, 1 Mar 2025 12:00:01 GMT  | 1
            Sat, 01 Mar 2025 11:00:00 GMT | 0
            -5                            | 0
            1.5                           | 0
            soon                          | 0
            99999999999999999999          | 0
            ''                            | 0
            """)
    void secondsOrADate(String value, long seconds) {
        var headers = HttpHeaders.of(Map.of("retry-after", List.of(value)), (_, _) -> true);
        assertThat(RetryAfter.in(headers, SkippedTime.START)).hasSeconds(seconds);
    }
}
