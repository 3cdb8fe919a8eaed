package org.drllava.clinical.painted;

import java.util.Locale;

/** What a painted patient's smear is; each is a diagnosis of the bone-marrow logic by name. */
public enum Specimen {
    NORMAL, AML, MM, BLOOD, CLOT;

    /** Name of the diagnosis in the logic. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
