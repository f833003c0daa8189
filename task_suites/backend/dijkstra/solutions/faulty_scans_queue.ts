// caught by: has a real heap; searches a hub graph of 100,000 edges in time
export type Graph<N> = ReadonlyMap<N, ReadonlyMap<N, number>>;

export interface Path<N> {
  readonly distance: number;
  readonly nodes: readonly N[];
}

interface Entry<N> {
  readonly node: N;
  readonly distance: number;
}

/** Priority queue: takes the nearest entry of all. */
class MinHeap<N> {
  private readonly entries: Entry<N>[] = [];

  push(entry: Entry<N>): void {
    this.entries.push(entry);
  }

  pop(): Entry<N> | undefined {
    let best = 0;
    this.entries.forEach((entry, index) => {
      const nearest = this.entries[best];
      if (nearest !== undefined && entry.distance < nearest.distance) best = index;
    });
    return this.entries.splice(best, 1)[0];
  }
}

/**
 * Finds a shortest path with Dijkstra's algorithm.
 *
 * @param graph - the graph to search
 * @param source - where the path begins
 * @param target - where the path ends
 * @returns the path, or `null` if the target cannot be reached
 * @throws {RangeError} if a weight is negative or `NaN`
 */
export function shortestPath<N>(graph: Graph<N>, source: N, target: N): Path<N> | null {
  const distances = new Map<N, number>([[source, 0]]);
  const previous = new Map<N, N>();
  const settled = new Set<N>();
  const heap = new MinHeap<N>();
  heap.push({ node: source, distance: 0 });

  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
    const { node, distance } = entry;
    if (settled.has(node)) continue;
    settled.add(node);
    if (node === target) return { distance, nodes: trace(previous, source, target) };

    for (const [neighbour, weight] of graph.get(node) ?? []) {
      if (!(weight >= 0)) throw new RangeError(`the weight ${weight} is not valid`);
      const found = distance + weight;
      if (found < (distances.get(neighbour) ?? Infinity)) {
        distances.set(neighbour, found);
        previous.set(neighbour, node);
        heap.push({ node: neighbour, distance: found });
      }
    }
  }
  return null;
}

/** Follows the predecessors from the target back to the source. */
function trace<N>(previous: ReadonlyMap<N, N>, source: N, target: N): N[] {
  const nodes = [target];
  let node = target;
  while (node !== source) {
    const before = previous.get(node);
    if (before === undefined) break;
    nodes.push(before);
    node = before;
  }
  return nodes.reverse();
}
