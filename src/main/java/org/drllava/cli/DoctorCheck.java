package org.drllava.cli;

import java.util.function.Supplier;
import org.drllava.bindings.host.Probe;

/**
 * One line of the doctor's report.
 *
 * @param name of what was looked at
 * @param status what came out
 * @param detail in words
 */
record DoctorCheck(String name, Status status, String detail) {
    /** NONE: the host has no such thing, and work on the CPU does not need it. */
    enum Status {
        PASS,
        FAIL,
        NONE;

        /** As printed; what is merely not there does not shout. */
        @Override
        public String toString() {
            return this == NONE ? "none" : name();
        }
    }

    static DoctorCheck pass(String name, String detail) {
        return new DoctorCheck(name, Status.PASS, detail);
    }

    static DoctorCheck fail(String name, String detail) {
        return new DoctorCheck(name, Status.FAIL, detail);
    }

    static DoctorCheck none(String name, String detail) {
        return new DoctorCheck(name, Status.NONE, detail);
    }

    /** Passes with what the work gives, fails with what it throws. */
    static DoctorCheck of(String name, Supplier<String> work) {
        try {
            return pass(name, work.get());
        } catch (RuntimeException | Error e) {
            return fail(name, ErrorSentence.of(e));
        }
    }

    /** Something optional: neither its absence nor its defects keep the CPU from working. */
    static DoctorCheck optional(String name, Probe probe) {
        return switch (probe) {
            case Probe.Found found -> pass(name, found.detail());
            case Probe.Missing missing -> none(name, missing.reason());
            case Probe.Broken broken -> none(name, "does not work: " + broken.reason());
        };
    }
}
