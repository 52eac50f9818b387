package io.cipherstream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a graph is fed with: which input plays which role, and how long a text may be. */
final class OnnxInputs {

  /** Most segments of a table of token types; more rows are words or positions. */
  private static final int TYPES_MAX = 16;

  /** Values that are looked at behind an input. */
  private static final int PASSED_MAX = 16;

  private static final Set<String> PASSING =
      Set.of("Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Flatten");

  private final Map<OnnxRole, OnnxGraph.Input> roles = new EnumMap<>(OnnxRole.class);
  private final Map<OnnxRole, Integer> rows = new EnumMap<>(OnnxRole.class);
  private final int tokensFixed;

  /** The word that the graph takes for padding; −1 where it looks for none. */
  private final int padding;

  /**
   * @throws ModelException of kind UNSUPPORTED if the inputs are not words and, perhaps, mask,
   *     segments and positions of one text
   */
  OnnxInputs(OnnxGraph graph) {
    Map<OnnxGraph.Input, Integer> tables = new HashMap<>();
    int most = 0;
    for (OnnxGraph.Input input : graph.inputs()) {
      int found = table(graph, input.name());
      tables.put(input, found);
      most = named(input.name()) == null ? Math.max(most, found) : most;
    }
    for (OnnxGraph.Input input : graph.inputs()) {
      int found = tables.getOrDefault(input, 0);
      OnnxRole role = named(input.name());
      if (role == null) {
        role =
            found == 0
                ? OnnxRole.MASK
                : found == most
                    ? OnnxRole.IDS
                    : found <= TYPES_MAX ? OnnxRole.TYPES : OnnxRole.POSITIONS;
      }
      OnnxGraph.Input other = roles.putIfAbsent(role, input);
      if (other != null) {
        throw OnnxRefusal.unsupported(
            "inputs '" + other.name() + "' and '" + input.name() + "' look like the same: " + role);
      }
      rows.put(role, found);
    }
    if (!roles.containsKey(OnnxRole.IDS) || most == 0) {
      throw OnnxRefusal.unsupported(
          "no embedding table is read by its inputs "
              + graph.inputs().stream().map(OnnxGraph.Input::name).toList());
    }
    tokensFixed = (int) fixed(graph);
    OnnxGraph.Input ids = roles.get(OnnxRole.IDS);
    padding = ids == null ? -1 : compared(graph, ids.name());
  }

  /** The number that a value is compared with, as RoBERTa's words are with the padding's. */
  private static int compared(OnnxGraph graph, String value) {
    for (String at : passedOn(graph, value)) {
      for (OnnxGraph.Node node : graph.consumers(at)) {
        if (node.operator().equals("Equal")) {
          String other = node.input(0).equals(at) ? node.input(1) : node.input(0);
          OnnxConstant constant = graph.constants().get(other);
          if (constant != null && constant.data().length() == 1) {
            return (int) constant.data().raw(0);
          }
        }
      }
    }
    return -1;
  }

  /** A value, and those that have its numbers in other forms. */
  private static List<String> passedOn(OnnxGraph graph, String value) {
    List<String> all = new ArrayList<>(List.of(value));
    for (int i = 0; i < all.size() && all.size() < PASSED_MAX; i++) {
      for (OnnxGraph.Node node : graph.consumers(all.get(i))) {
        if (PASSING.contains(node.operator()) && !node.outputs().isEmpty()) {
          all.add(node.outputs().get(0));
        }
      }
    }
    return all;
  }

  private static @Nullable OnnxRole named(String name) {
    String n = name.toLowerCase(Locale.ROOT);
    if (n.contains("mask")) {
      return OnnxRole.MASK;
    }
    if (n.contains("type") || n.contains("segment")) {
      return OnnxRole.TYPES;
    }
    return n.contains("position") ? OnnxRole.POSITIONS : null;
  }

  /** Rows of the table that a value chooses rows of; 0 if it chooses none. */
  private static int table(OnnxGraph graph, String value) {
    int rows = 0;
    for (String at : passedOn(graph, value)) {
      for (OnnxGraph.Node node : graph.consumers(at)) {
        OnnxConstant data = graph.constants().get(node.input(0));
        if (node.operator().equals("Gather")
            && data != null
            && node.input(1).equals(at)
            && data.data().shape().length == 2) {
          rows = Math.max(rows, data.data().shape()[0]);
        }
      }
    }
    return rows;
  }

  private long fixed(OnnxGraph graph) {
    long tokens = -1;
    for (OnnxGraph.Input input : graph.inputs()) {
      if (input.sizes().isEmpty()) {
        continue;
      }
      boolean ok = input.sizes().size() == 2;
      long batch = ok ? input.sizes().get(0) : 0;
      long own = ok ? input.sizes().get(1) : 0;
      if (own >= 0 && tokens >= 0 && own != tokens) {
        ok = false;
      }
      tokens = own >= 0 ? own : tokens;
      if (!ok
          || !(batch == 1 || batch < 0)
          || (own >= 0 && own < OnnxModel.TOKENS)
          || own > ModelShape.POSITIONS_MAX) {
        throw OnnxRefusal.unsupported(
            "input '"
                + input.name()
                + "' has sizes "
                + input.sizes()
                + ": expected one text (1 or an open size) of "
                + OnnxModel.TOKENS
                + " tokens or more (or an open size)");
      }
    }
    return tokens;
  }

  /** The number of tokens that the graph is made for; -1 when it takes any. */
  int tokensFixed() {
    return tokensFixed;
  }

  boolean has(OnnxRole role) {
    return roles.containsKey(role);
  }

  /**
   * A text of random words, the last ones padding.
   *
   * @param ids the words
   * @param segments their segments
   * @param real tokens that are no padding
   */
  Map<String, OnnxValue> feed(int[] ids, int[] segments, int real) {
    Map<String, OnnxValue> out = new HashMap<>();
    int tokens = ids.length;
    roles.forEach(
        (role, input) -> {
          double[] v = new double[tokens];
          for (int t = 0; t < tokens; t++) {
            v[t] =
                switch (role) {
                  case IDS -> t < real || padding < 0 ? ids[t] : padding;
                  case MASK -> t < real ? 1 : 0;
                  case TYPES -> segments[t];
                  case POSITIONS -> t;
                };
          }
          OnnxBase base = OnnxBase.of(v, role.bit(), new OnnxMeaning.Fed(role));
          out.put(input.name(), OnnxValue.of(base, OnnxValue.Type.INTEGER, 1, tokens));
        });
    return out;
  }

  /** A random text without padding. */
  int[] words(int tokens, Random random) {
    int count = Math.max(1, rows.getOrDefault(OnnxRole.IDS, 1));
    return random
        .ints(tokens, 0, count)
        .map(word -> word == padding ? (word + 1) % count : word)
        .toArray();
  }

  /** Segment 0, then segment 1 where the graph has it. */
  int[] segments(int tokens) {
    int[] out = new int[tokens];
    if (rows.getOrDefault(OnnxRole.TYPES, 0) > 1) {
      Arrays.fill(out, tokens / 2, tokens, 1);
    }
    return out;
  }
}
