package org.drllava.clinical.painted;

/** The nucleated cells that are painted, with the name that captions use. */
public enum CellKind {
    MYELOBLAST("myeloblasts"), PLASMA_CELL("plasma cells"), LYMPHOCYTE("lymphocytes"), GRANULOCYTE("granulocytes"), NORMOBLAST("normoblasts");

    final String plural;

    CellKind(String plural) {
        this.plural = plural;
    }
}
