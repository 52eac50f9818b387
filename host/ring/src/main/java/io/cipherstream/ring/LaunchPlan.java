package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A program as launches for a device: each a set of independent nodes of one kind, run one launch
 * after the other. A node is one instruction or a chain of products on one result, which needs to
 * be stored only once. Plans are made to have few launches. Immutable.
 *
 * <p>A chain is a MUL, MAC or MACC and the MACs and MACCs on the same d and modulus that follow it,
 * where nothing between reads or writes d or writes an operand of an earlier element; it runs at
 * the place of its last element. Its first element, if a MUL, may have d as an operand.
 */
public final class LaunchPlan {

  /** What the nodes of a launch do. */
  public enum Kind {
    NTT,
    INTT,
    /** MUL, MAC, MACC and chains of them. */
    PRODUCTS,
    /** ADD, SUB, NEG, SCALE, ADDC, REDUCE, COPY, FILL. */
    WORDWISE,
    PERM,
    ZEROS;

    /** The kind of the launches that an instruction goes to. */
    public static Kind of(Opcode opcode) {
      return switch (opcode) {
        case NTT -> NTT;
        case INTT -> INTT;
        case MUL, MAC, MACC -> PRODUCTS;
        case ADD, SUB, NEG, SCALE, ADDC, REDUCE, COPY, FILL -> WORDWISE;
        case PERM -> PERM;
        case ZEROS -> ZEROS;
      };
    }
  }

  /**
   * One unit of work.
   *
   * @param instructions numbers of the instructions, one, or a chain in order
   */
  public record Node(List<Integer> instructions) {

    public Node {
      instructions = List.copyOf(instructions);
    }
  }

  /**
   * Nodes that are independent of each other, in the order of their last instructions.
   *
   * @param kind of all of them
   */
  public record Launch(Kind kind, List<Node> nodes) {

    public Launch {
      nodes = List.copyOf(nodes);
    }
  }

  private final List<Launch> launches;

  private LaunchPlan(List<Launch> launches) {
    this.launches = List.copyOf(launches);
  }

  /** The launches, to be run one after the other. */
  public List<Launch> launches() {
    return launches;
  }

  public static LaunchPlan of(LimbProgram program) {
    Hazards hazards = Hazards.of(program);
    List<Node> nodes = nodes(ProductChains.of(program, hazards), program.instructions().size());
    Links before = predecessors(nodes, hazards, program.instructions().size());
    Kind[] kinds = new Kind[nodes.size()];
    Arrays.setAll(
        kinds,
        n -> Kind.of(program.instructions().get(nodes.get(n).instructions().get(0)).opcode()));
    List<Launch> launches = new ArrayList<>();
    for (int[] batch : LaunchSchedule.of(kinds, before)) {
      Arrays.sort(batch);
      launches.add(new Launch(kinds[batch[0]], Arrays.stream(batch).mapToObj(nodes::get).toList()));
    }
    return new LaunchPlan(launches);
  }

  /** Nodes in the order of their last instructions, from each instruction's next in its chain. */
  private static List<Node> nodes(int[] previousInChain, int count) {
    boolean[] continued = new boolean[count];
    for (int previous : previousInChain) {
      if (previous != ProductChains.NONE) {
        continued[previous] = true;
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (int last = 0; last < count; last++) {
      if (!continued[last]) {
        List<Integer> chain = new ArrayList<>();
        for (int i = last; i != ProductChains.NONE; i = previousInChain[i]) {
          chain.add(i);
        }
        Collections.reverse(chain);
        nodes.add(new Node(chain));
      }
    }
    return nodes;
  }

  private static Links predecessors(List<Node> nodes, Hazards hazards, int count) {
    int[] nodeOf = new int[count];
    for (int n = 0; n < nodes.size(); n++) {
      for (int i : nodes.get(n).instructions()) {
        nodeOf[i] = n;
      }
    }
    Links links = hazards.predecessors();
    Links.Builder before = new Links.Builder(nodes.size());
    int[] seen = new int[nodes.size()];
    Arrays.fill(seen, -1);
    for (int n = 0; n < nodes.size(); n++) {
      seen[n] = n;
      for (int i : nodes.get(n).instructions()) {
        for (int at = links.starts()[i]; at < links.starts()[i + 1]; at++) {
          int other = nodeOf[links.targets()[at]];
          if (seen[other] != n) {
            seen[other] = n;
            before.add(other);
          }
        }
      }
      before.endNode();
    }
    return before.build();
  }
}
