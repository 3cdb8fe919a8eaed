package org.drllava.clinical.painted;

/**
 * What is to be painted into one field.
 *
 * @param cells    nucleated cells by {@link CellKind#ordinal()}
 * @param redCells number of erythrocytes
 * @param fibrin   share of the field under a fibrin mass, 0..1
 * @param strands  number of loose fibrin strands
 * @param smears   number of smudged cells and stain specks
 */
record Content(int[] cells, int redCells, double fibrin, int strands, int smears) {}
