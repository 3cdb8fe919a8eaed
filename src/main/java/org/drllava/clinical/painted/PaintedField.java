package org.drllava.clinical.painted;

import org.drllava.image.RgbImage;

/** One picture to be painted: a patient's field. */
public record PaintedField(PaintedPatient patient, int index) {
    /** Also the name of its file, without the suffix: patients and fields are told by it. */
    public String name() {
        return patient.id() + "_" + index;
    }

    public String label() {
        return patient.specimen().label();
    }

    /** @param size side in pixels */
    public RgbImage paint(int size) {
        return Painter.paint(patient, index, size);
    }
}
