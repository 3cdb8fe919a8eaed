package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.text;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Conversations as cards: the picture, and below each question the answers of the models side by side. */
final class Samples {
    private Samples() {}

    static Html card(SampleConversation sample) {
        return element("article", cssClass("card"),
                element("figure",
                        element("img",
                                attribute("alt", sample.caption()),
                                attribute("src", "data:image/png;base64," + Base64.getEncoder().encodeToString(sample.png()))),
                        element("figcaption", text(sample.caption()),
                                element("span", cssClass("truth"), text("Truth: " + sample.truth())))),
                sample.takes().isEmpty() ? nothing() : talk(sample.takes()));
    }

    /** A table, so that a screen reader names the model and the question with each answer; the style sheet stacks it on phones. */
    private static Html talk(List<SampleConversation.Take> takes) {
        int turns = takes.getFirst().turns().size();
        return element("table", cssClass("talk"),
                element("thead", element("tr", all(takes.stream().map(Samples::head).toList()))),
                all(IntStream.range(0, turns).mapToObj(turn -> exchange(takes, turn)).toList()));
    }

    private static Html exchange(List<SampleConversation.Take> takes, int turn) {
        return element("tbody",
                element("tr", cssClass("question"), element("th",
                        attribute("scope", "rowgroup"), attribute("colspan", takes.size()),
                        text(takes.getFirst().turns().get(turn).question()))),
                element("tr", all(takes.stream().map(take -> answer(take.arm(), take.turns().get(turn))).toList())));
    }

    private static Html head(SampleConversation.Take take) {
        long right = take.turns().stream().filter(SampleTurn::right).count();
        return element("th", attribute("scope", "col"), text(take.arm()),
                element("small", " " + right + " of " + take.turns().size() + " right"));
    }

    private static Html answer(String arm, SampleTurn turn) {
        return element("td", attribute("data-arm", arm),
                element("p", turn.answer().isBlank() ? "(no words)" : turn.answer()),
                badge(turn),
                turn.right() ? nothing() : element("span", "expected", "truth: " + turn.expectedSymbol()),
                turn.rewardParts().isEmpty() ? nothing() : element("small", cssClass("reward"), text(reward(turn.rewardParts()))));
    }

    private static Html badge(SampleTurn turn) {
        String kind = turn.right() ? "right" : turn.parsedSymbol() == null ? "unread" : "wrong";
        String mark = turn.right() ? "✓ " : turn.parsedSymbol() == null ? "? " : "✗ ";
        String symbol = turn.parsedSymbol() == null ? "no match" : turn.parsedSymbol();
        return element("span", cssClass("badge " + kind), text(mark + symbol));
    }

    private static String reward(Map<String, Double> parts) {
        return parts.entrySet().stream()
                .map(part -> part.getKey() + " " + format("%+.2f", part.getValue()))
                .collect(Collectors.joining(" · ", "reward: ", ""));
    }
}
