package org.drllava.model;

/** A model and the adapter it runs with. @param adapter null for the base alone */
public record Network(LlavaModel model, LoraAdapter adapter) {
    public static Network base(LlavaModel model) {
        return new Network(model, null);
    }
}
