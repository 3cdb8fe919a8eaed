package org.drllava.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What CLIP's image processor does to a picture: resize (bicubic), cut out the centre, scale, normalise:
 * {@code (pixel * rescale - mean) / std}.
 *
 * @param size side of the result in pixels
 * @param resize length of the shorter side before the centre is cut out
 * @param padToSquare LLaVA-1.5's way: first centre the picture on a square of the mean colour, so nothing is cut off
 * @param rescale factor from 0..255, usually 1/255
 * @param mean [3] of red, green, blue after rescaling
 * @param std [3] of red, green, blue after rescaling
 */
public record ClipPreprocessor(int size, int resize, boolean padToSquare, double rescale, float[] mean, float[] std) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LARGEST_SIZE = 4096;
    private static final int BICUBIC = 3;

    public ClipPreprocessor {
        if (size < 1 || size > LARGEST_SIZE) throw new InputException("crop_size should be 1 to " + LARGEST_SIZE + ", not " + size + ".");
        if (resize < size || resize > LARGEST_SIZE) throw new InputException("size should be from crop_size " + size + " to " + LARGEST_SIZE + ", not " + resize + ".");
        if (!(rescale > 0 && rescale <= 1)) throw new InputException("rescale_factor should be over 0 and at most 1, not " + rescale + ".");
        if (mean.length != 3 || std.length != 3) throw new InputException("image_mean and image_std should have 3 numbers each.");
        for (int c = 0; c < 3; c++) {
            if (!(mean[c] >= 0 && mean[c] <= 1)) throw new InputException("image_mean should be from 0 to 1, not " + Arrays.toString(mean) + ".");
            if (!(std[c] > 0 && std[c] < Float.POSITIVE_INFINITY)) throw new InputException("image_std should be over 0, not " + Arrays.toString(std) + ".");
        }
    }

    /** CLIP's own numbers with padding to a square, for pictures of the given side. */
    public static ClipPreprocessor clip(int size) {
        return new ClipPreprocessor(size, size, true, 1 / 255.0,
                new float[] {0.48145466f, 0.4578275f, 0.40821073f}, new float[] {0.26862954f, 0.26130258f, 0.27577711f});
    }

    /**
     * Reads {@code preprocessor_config.json} of a model folder, or the {@code image_processor} part of its
     * {@code processor_config.json}. Sizes may be a number, {@code {"shortest_edge"}} or {@code {"height", "width"}}.
     * Pictures are padded to a square unless {@code do_pad} says no or {@code config.json} has another
     * {@code image_aspect_ratio} than {@code pad}.
     *
     * @throws InputException when neither file is there or one asks for something else than this class does
     */
    public static ClipPreprocessor load(Path modelDirectory) {
        var file = modelDirectory.resolve("preprocessor_config.json");
        if (Files.notExists(file)) file = modelDirectory.resolve("processor_config.json");
        if (Files.notExists(file)) throw new InputException(modelDirectory + " has neither preprocessor_config.json nor processor_config.json.");
        var root = object(file);
        var fields = root.path("image_processor").isObject() ? root.path("image_processor") : root;
        try {
            return of(fields, padded(fields, modelDirectory.resolve("config.json")));
        } catch (InputException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
    }

    /** The text of a {@code preprocessor_config.json} that {@link #load} and transformers read as these settings. */
    public String toJson() {
        var fields = JSON.createObjectNode();
        fields.put("image_processor_type", "CLIPImageProcessor").put("do_convert_rgb", true).put("do_resize", true).put("resample", BICUBIC);
        fields.putObject("size").put("shortest_edge", resize);
        fields.put("do_center_crop", true).putObject("crop_size").put("height", size).put("width", size);
        fields.put("do_rescale", true).put("rescale_factor", rescale).put("do_normalize", true).put("do_pad", padToSquare);
        for (float value : mean) fields.withArray("image_mean").add(value);
        for (float value : std) fields.withArray("image_std").add(value);
        return fields.toPrettyString();
    }

    /**
     * The pixel values of a picture.
     *
     * @return [3, size, size] row-major: red plane, green plane, blue plane
     */
    public float[] apply(RgbImage image) {
        var small = pixels(image);
        var values = new float[3 * size * size];
        for (int c = 0; c < 3; c++) {
            var table = new float[256];
            for (int v = 0; v < 256; v++) table[v] = ((float) (v * rescale) - mean[c]) / std[c];
            for (int i = 0; i < size * size; i++) values[c * size * size + i] = table[small.rgb()[3 * i + c] & 0xFF];
        }
        return values;
    }

    /** The picture as the model sees it, size x size, before it becomes numbers. */
    public RgbImage pixels(RgbImage image) {
        Bicubic.Rows rows = padToSquare ? new Square(image, background()) : new Square(image, null);
        int shorter = Math.min(rows.width(), rows.height());
        int width = (int) ((long) resize * rows.width() / shorter);
        int height = (int) ((long) resize * rows.height() / shorter);
        return Bicubic.resize(rows, width, height, (width - size) / 2, (height - size) / 2, size, size);
    }

    private byte[] background() {
        var colour = new byte[3];
        // In double, from the shortest decimal of the float: Python truncates 255 times the number in the file.
        for (int c = 0; c < 3; c++) colour[c] = (byte) (int) (255 * Double.parseDouble(Float.toString(mean[c])));
        return colour;
    }

    private static ClipPreprocessor of(JsonNode fields, boolean padded) {
        for (var step : new String[] {"do_resize", "do_rescale", "do_normalize"}) {
            if (!fields.path(step).asBoolean(true)) throw new InputException(step + " should be true.");
        }
        if (fields.path("resample").asInt(BICUBIC) != BICUBIC) throw new InputException("resample should be 3 (bicubic), not " + fields.path("resample") + ".");
        int resize = side(fields, "size");
        int crop = fields.path("do_center_crop").asBoolean(true) && fields.hasNonNull("crop_size") ? side(fields, "crop_size") : resize;
        var factor = fields.path("rescale_factor");
        return new ClipPreprocessor(crop, resize, padded, factor.isNumber() ? factor.doubleValue() : 1 / 255.0, three(fields, "image_mean"), three(fields, "image_std"));
    }

    private static boolean padded(JsonNode fields, Path config) {
        if (fields.path("do_pad").isBoolean()) return fields.path("do_pad").booleanValue();
        if (Files.notExists(config)) return true;
        var aspect = object(config).path("image_aspect_ratio");
        return !aspect.isString() || aspect.stringValue().equals("pad");
    }

    private static int side(JsonNode fields, String name) {
        var node = fields.path(name);
        if (node.isObject()) {
            if (node.has("shortest_edge")) node = node.path("shortest_edge");
            else if (node.path("height").equals(node.path("width"))) node = node.path("height");
        }
        if (!node.isInt()) throw new InputException(name + " should be the side of a square in pixels, not " + fields.path(name) + ".");
        return node.intValue();
    }

    private static float[] three(JsonNode fields, String name) {
        var node = fields.path(name);
        var numbers = new float[3];
        if (node.size() != 3) throw new InputException(name + " should have 3 numbers, not " + node + ".");
        for (int c = 0; c < 3; c++) {
            if (!node.get(c).isNumber()) throw new InputException(name + " should have 3 numbers, not " + node + ".");
            numbers[c] = node.get(c).floatValue();
        }
        return numbers;
    }

    private static JsonNode object(Path file) {
        try {
            var node = JSON.readTree(file.toFile());
            if (node.isObject()) return node;
        } catch (JacksonException e) {
            throw new InputException(file + " should be a JSON object: " + e.getOriginalMessage(), e);
        }
        throw new InputException(file + " should be a JSON object.");
    }
}
