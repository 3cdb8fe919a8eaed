package org.drllava.clinical.logic;

import java.util.List;
import java.util.Map;

/**
 * One allowed way through the questions.
 *
 * @param path   question id to symbol, every question once
 * @param labels names that data sets give it
 */
public record Diagnosis(String name, Map<String, String> path, List<String> labels) {}
