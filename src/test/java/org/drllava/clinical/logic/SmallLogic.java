package org.drllava.clinical.logic;

/** A logic that has everything the language has, for tests that change a line of it. */
final class SmallLogic {
    static final String TEXT = """
            name: small
            slots: [note]
            questions:
              - id: quality
                ask:
                  train: ["Is it sharp?", "{note} Is this one sharp?"]
                  test: ["Is the picture sharp?"]
                symbols:
                  good:
                    patterns: ["sharp", "good", "crisp*"]
                    denial_of: [poor]
                    train: ["It is sharp."]
                    test: ["It is good."]
                  poor:
                    patterns: ["blurred", "poor"]
                    denial_of: [good]
                    train: ["It is blurred."]
                    test: ["It is poor."]
              - id: opacity
                after: [quality]
                ask: {train: ["Any opacity?"], test: ["Is there an opacity?"]}
                ignore: ["opacity of"]
                symbols:
                  yes: {patterns: ["opacit*"], train: ["There is an opacity."], test: ["I see opacities."]}
                  no: {patterns: ["clear"], denial_of: [yes], train: ["No opacity."], test: ["The lungs are clear."]}
                  unseen: {patterns: ["too dark|bright"], train: ["It is too dark."], test: ["It is too bright."]}
              - id: diagnosis
                after: [quality, opacity]
                ask: {train: ["{earlier} So what is it?", "What is it?"], test: ["What do you call it?"]}
                symbols:
                  pneumonia: {patterns: ["pneumonia"], train: ["It is pneumonia."], test: ["I call it pneumonia."]}
                  none: {patterns: ["nothing"], denied_patterns: ["disease"], train: ["It is nothing."], test: ["No disease."]}
            branches:
              - when: {quality: poor}
                then: {opacity: unseen, diagnosis: unknown}
            diagnoses:
              pneumonia: {path: {quality: good, opacity: yes, diagnosis: pneumonia}, labels: [PNA]}
              healthy: {path: {quality: good, opacity: no, diagnosis: none}, labels: [No Finding]}
              unusable: {path: {quality: poor}}
            reward: {preset: source, no_match: 0.25, neighbours: natural}
            """;

    private SmallLogic() {}

    /** With one change; the place changed must be there, once. */
    static String with(String before, String after) {
        if (TEXT.indexOf(before) < 0 || TEXT.indexOf(before) != TEXT.lastIndexOf(before)) {
            throw new IllegalArgumentException("'" + before + "' is not there once");
        }
        return TEXT.replace(before, after);
    }
}
