package stride.distributed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.train.ArrayPart;
import stride.train.PartialSum;
import stride.train.RankSums;
import stride.train.Ranks;
import stride.train.Shard;

/**
 * How tasks add up what their ranks have computed, each what it owns. In its row, a task adds up
 * what it owns and what it is the relay for, and sends the latter on to the owners in other rows.
 * All add along the one tree of {@link PartialSum}, so that the rows do not show in the bits.
 */
final class Reduction {
  private static final byte[] NO_BYTES = {};

  private final Ranks ranks;
  private final Grid grid;
  private final List<Peer> peers;
  private final Links links;
  private final RankSums sums;
  private final int here;

  /** What other tasks have sent in this step, in which sums are kept until all are sent on. */
  private final List<Received> received = new ArrayList<>();

  private record Received(int task, float[] values) {}

  Reduction(Ranks ranks, Grid grid, List<Peer> peers, Links links) {
    this.ranks = ranks;
    this.grid = grid;
    this.peers = peers;
    this.links = links;
    sums = new RankSums(ranks);
    here = grid.row(ranks.task());
  }

  /** Adds a part of what a rank has computed, and sends it once the task's last rank has given. */
  void give(int rank, ArrayPart part) {
    var nodes = sums.add(rank, part);
    if (nodes.isEmpty()) {
      return;
    }
    Map<Integer, List<ArrayPart>> ofRelays = new HashMap<>();
    for (var node : nodes) {
      for (var unit : part.units()) {
        int at = node.at() + unit.from() - part.from();
        ofRelays
            .computeIfAbsent(grid.relay(here, owner(unit)), task -> new ArrayList<>())
            .add(new ArrayPart(node.values(), at, at + unit.length()));
      }
    }
    ofRelays.remove(ranks.task());
    ofRelays.forEach((task, units) -> links.send(task, Frame.Type.GIVEN, NO_BYTES, units));
  }

  private int owner(ArrayPart unit) {
    return Shard.owner(unit.from(), ranks.tasks());
  }

  /** Adds up what this task owns of each part. */
  void take() throws IOException {
    var rows = new ArrayList<List<RowSum>>();
    for (int i = 0; i < sums.parts().size(); i++) {
      var own = ownRow(i);
      rows.add(own.stream().filter(sum -> owner(sum.unit) == ranks.task()).toList());
      sendOn(own);
    }
    for (var sums : rows) {
      addRows(sums);
    }
  }

  /** What the ranks of a row have computed of a unit. */
  private record RowSum(ArrayPart unit, List<PartialSum> nodes) {}

  /** Adds up what the tasks of this row have given of a part, as far as this task does that. */
  private List<RowSum> ownRow(int part) throws IOException {
    var units =
        sums.parts().get(part).units().stream()
            .filter(unit -> grid.relay(here, owner(unit)) == ranks.task())
            .toList();
    var row = new ArrayList<RowSum>();
    units.forEach(unit -> row.add(new RowSum(unit, new ArrayList<>())));
    if (units.isEmpty()) {
      return row;
    }
    for (int task : grid.members(here)) {
      if (task == ranks.task()) {
        int from = sums.parts().get(part).from();
        for (var node : sums.of(part)) {
          for (var sum : row) {
            push(sum, node, node.at() + sum.unit.from() - from);
          }
        }
      } else {
        add(task, Frame.Type.GIVEN, peers.get(task).first(), peers.get(task).end(), row);
      }
    }
    return row;
  }

  /** Adds what a task has sent, of some ranks. */
  private void add(int task, Frame.Type type, int first, int end, List<RowSum> to)
      throws IOException {
    int length = to.stream().mapToInt(sum -> sum.unit.length()).sum();
    var nodes = nodes(first, end);
    float[] values = links.receive(task, type, nodes.size() * length).values();
    received.add(new Received(task, values));
    int at = 0;
    for (var node : nodes) {
      for (var sum : to) {
        push(sum, new PartialSum(node.first(), node.end(), values, at), at);
        at += sum.unit.length();
      }
    }
  }

  private void push(RowSum sum, PartialSum node, int at) {
    var moved = new PartialSum(node.first(), node.end(), node.values(), at);
    PartialSum.push(sum.nodes, moved, sum.unit.length(), ranks.all());
  }

  /** The nodes of the tree, without values, into which some ranks can be added up. */
  private List<PartialSum> nodes(int first, int end) {
    var nodes = new ArrayList<PartialSum>();
    for (int rank = first; rank < end; rank++) {
      PartialSum.push(nodes, new PartialSum(rank, rank + 1, new float[0], 0), 0, ranks.all());
    }
    return nodes;
  }

  /** Sends what this row has computed to the owners in other rows. */
  private void sendOn(List<RowSum> row) {
    for (int task : grid.relayed(ranks.task())) {
      var units = row.stream().filter(sum -> owner(sum.unit) == task).toList();
      if (!units.isEmpty()) {
        var parts = new ArrayList<ArrayPart>();
        for (int i = 0; i < units.getFirst().nodes.size(); i++) {
          for (var sum : units) {
            var node = sum.nodes.get(i);
            parts.add(new ArrayPart(node.values(), node.at(), node.at() + sum.unit.length()));
          }
        }
        links.send(task, Frame.Type.SUMS, NO_BYTES, parts);
      }
    }
  }

  /** Adds what the other rows have computed of what this task owns. */
  private void addRows(List<RowSum> own) throws IOException {
    if (own.isEmpty()) {
      return;
    }
    var all = new ArrayList<RowSum>();
    own.forEach(sum -> all.add(new RowSum(sum.unit, new ArrayList<>())));
    for (int row = 0; row < grid.rows(); row++) {
      if (row == here) {
        for (int i = 0; i < own.size(); i++) {
          for (var node : own.get(i).nodes) {
            push(all.get(i), node, node.at());
          }
        }
      } else {
        var members = grid.members(row);
        add(
            grid.relay(row, ranks.task()),
            Frame.Type.SUMS,
            peers.get(members.getFirst()).first(),
            peers.get(members.getLast()).end(),
            all);
      }
    }
    for (var sum : all) {
      var root = sum.nodes.getFirst();
      var unit = sum.unit;
      if (root.values() != unit.values()) {
        System.arraycopy(root.values(), root.at(), unit.values(), unit.from(), unit.length());
      }
    }
  }

  /** Ends a step, when all is sent. */
  void clear() {
    sums.clear();
    received.forEach(own -> links.recycle(own.task, own.values));
    received.clear();
  }
}
