/** Shortest paths in directed graphs with weights that are not negative. */

/** A directed graph: node -> neighbour -> weight of the edge that leads there. */
export type Graph<N> = ReadonlyMap<N, ReadonlyMap<N, number>>;

/** A way through a graph: its length, and its nodes from the source to the target, both included. */
export interface Path<N> {
  readonly distance: number;
  readonly nodes: readonly N[];
}

/** How a node was reached: how far it is, and by way of which node; `null` for the source. */
interface Visit<N> {
  readonly distance: number;
  readonly from: { readonly node: N } | null;
}

/** A tree of a pairing heap. `child` begins the list of its subtrees, which `next` continues. */
interface Tree<N> {
  readonly node: N;
  readonly distance: number;
  child: Tree<N> | null;
  next: Tree<N> | null;
}

/** Pairing heap: `add` takes O(1), `takeNearest` O(log n) on average. */
class PairingHeap<N> {
  #root: Tree<N> | null = null;

  add(node: N, distance: number): void {
    const tree = { node, distance, child: null, next: null };
    this.#root = this.#root === null ? tree : meld(this.#root, tree);
  }

  /** Removes the entry with the least distance; `null` if the heap is empty. */
  takeNearest(): Tree<N> | null {
    const nearest = this.#root;
    if (nearest !== null) this.#root = meldAll(nearest.child);
    return nearest;
  }
}

/** Makes one tree of two: the farther root becomes a child of the nearer one. */
function meld<N>(one: Tree<N>, other: Tree<N>): Tree<N> {
  const [near, far] = other.distance < one.distance ? [other, one] : [one, other];
  far.next = near.child;
  near.child = far;
  return near;
}

/** Makes one tree of a list of trees: in pairs first, then the pairs from last to first. */
function meldAll<N>(list: Tree<N> | null): Tree<N> | null {
  const pairs: Tree<N>[] = [];
  for (let first = list; first !== null; ) {
    const second: Tree<N> | null = first.next;
    const rest: Tree<N> | null = second === null ? null : second.next;
    first.next = null;
    if (second !== null) second.next = null;
    pairs.push(second === null ? first : meld(first, second));
    first = rest;
  }
  return pairs.reduceRight<Tree<N> | null>((melded, pair) => (melded === null ? pair : meld(melded, pair)), null);
}

/**
 * Gives a shortest path from `source` to `target`.
 *
 * Runs in O((V + E) log V). Nodes are compared like the keys of a `Map`; one that the graph does not list
 * as a key has no outgoing edges. All weights are checked up front, on the way or not.
 *
 * @param graph - the graph; it stays as it is
 * @param source - the first node of the path
 * @param target - the last node of the path; where it equals `source`, the path has one node
 * @returns the path, or `null` where none leads to the target
 * @throws {RangeError} if any edge of the graph has a weight that is negative or `NaN`
 *
 * @example
 * shortestPath(new Map([[1, new Map([[2, 0.5]])]]), 1, 2); // { distance: 0.5, nodes: [1, 2] }
 */
export function shortestPath<N>(graph: Graph<N>, source: N, target: N): Path<N> | null {
  assertWeights(graph);
  const visits = new Map<N, Visit<N>>([[source, { distance: 0, from: null }]]);
  const done = new Set<N>();
  const heap = new PairingHeap<N>();
  heap.add(source, 0);

  for (let nearest = heap.takeNearest(); nearest !== null; nearest = heap.takeNearest()) {
    const { node } = nearest;
    if (done.has(node)) continue; // queued again since, at a shorter distance
    done.add(node);
    if (done.has(target)) break;

    for (const [neighbour, weight] of graph.get(node) ?? []) {
      const distance = nearest.distance + weight;
      const known = visits.get(neighbour);
      if (known === undefined || distance < known.distance) {
        visits.set(neighbour, { distance, from: { node } });
        heap.add(neighbour, distance);
      }
    }
  }
  return trace(visits, target);
}

/** Follows the visits from the target back to the source. */
function trace<N>(visits: ReadonlyMap<N, Visit<N>>, target: N): Path<N> | null {
  const end = visits.get(target);
  if (end === undefined) return null;

  const nodes = [target];
  for (let from = end.from; from !== null; from = visits.get(from.node)?.from ?? null) {
    nodes.push(from.node);
  }
  return { distance: end.distance, nodes: nodes.reverse() };
}

/** Throws if a weight is not one that Dijkstra's algorithm can work with. */
function assertWeights<N>(graph: Graph<N>): void {
  for (const [node, edges] of graph) {
    for (const [neighbour, weight] of edges) {
      if (Number.isNaN(weight) || weight < 0) {
        throw new RangeError(`the edge from ${String(node)} to ${String(neighbour)} has the weight ${weight}`);
      }
    }
  }
}
