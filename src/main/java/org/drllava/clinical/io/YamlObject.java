package org.drllava.clinical.io;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The members of a YAML mapping. A key that must be there and is not becomes a finding. */
public final class YamlObject {
    /** A key, with its place, and its value. */
    public record Member(Text key, YamlNode value) {}

    private final Place place;
    private final Map<String, Member> members;
    private final Findings findings;
    private final Set<String> misspelt = new HashSet<>();

    YamlObject(Place place, Map<String, Member> members, Findings findings) {
        this.place = place;
        this.members = members;
        this.findings = findings;
    }

    void only(List<String> keys) {
        for (var member : members.values()) {
            if (!keys.contains(member.key().value())) {
                var free = keys.stream().filter(key -> !members.containsKey(key)).toList();
                var meant = Suggestion.nearest(member.key().value(), free);
                meant.ifPresent(misspelt::add);
                findings.error(member.key().place(), Suggestion.unknown("key", member.key().value(), meant.isPresent() ? free : keys));
            }
        }
    }

    /** Whether an unknown key looks like this one, which is then to be taken for lost rather than absent. */
    public boolean misspells(String key) {
        return misspelt.contains(key);
    }

    public Place place() {
        return place;
    }

    /** All members, in file order. */
    public Collection<Member> members() {
        return members.values();
    }

    /** The value under a key that must be there; the finding is left out where an unknown key looks like this one. */
    public Optional<YamlNode> need(String key) {
        var member = members.get(key);
        if (member == null && !misspelt.contains(key)) {
            findings.error(place, "the key '" + key + "' is missing; add it.");
        }
        return Optional.ofNullable(member).map(Member::value);
    }

    /** The value under a key; empty when it is absent or null. */
    public Optional<YamlNode> find(String key) {
        return Optional.ofNullable(members.get(key)).map(Member::value).filter(value -> !value.isNull());
    }
}
