package org.drllava.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A share with its 95 % limits by patient. All three are NaN when there was nothing to count, and then null in JSON.
 * Where every patient scores the same, the limits fall together with the value: resampling cannot show the doubt left.
 */
public record Estimate(double value, double low, double high) {

    /** {@code {"value", "low", "high"}}, ready for a JSON writer. */
    public Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("value", finiteOrNull(value));
        json.put("low", finiteOrNull(low));
        json.put("high", finiteOrNull(high));
        return json;
    }

    static Double finiteOrNull(double number) {
        return Double.isFinite(number) ? number : null;
    }
}
