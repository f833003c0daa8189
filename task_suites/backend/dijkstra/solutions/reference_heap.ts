/** A directed graph: node -> neighbour -> weight of the edge that leads there. */
export type Graph<N> = ReadonlyMap<N, ReadonlyMap<N, number>>;

/** A way through a graph: its length, and its nodes from the source to the target, both included. */
export interface Path<N> {
  readonly distance: number;
  readonly nodes: readonly N[];
}

/** A way to reach `node`; the steps before it lead back to the source as a linked list. */
interface Step<N> {
  readonly node: N;
  readonly distance: number;
  readonly previous: Step<N> | null;
}

/** Binary min-heap of steps, the nearest first. Both operations take O(log n). */
class StepQueue<N> {
  readonly #heap: Step<N>[] = [];

  /** Adds a step: lets it rise from the end to where it belongs. */
  push(step: Step<N>): void {
    let hole = this.#heap.length;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.distance <= step.distance) break;
      this.#heap[hole] = parent;
      hole = above;
    }
    this.#heap[hole] = step;
  }

  /** Takes the nearest step off the queue; `undefined` if there is none. */
  pop(): Step<N> | undefined {
    const nearest = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return nearest;
  }

  /** Lets a step sink from the root, which is free, to where it belongs. */
  #sink(step: Step<N>): void {
    let hole = 0;
    for (;;) {
      const left = this.#heap[2 * hole + 1];
      const right = this.#heap[2 * hole + 2];
      const rightFirst = left !== undefined && right !== undefined && right.distance < left.distance;
      const child = rightFirst ? right : left;
      if (child === undefined || child.distance >= step.distance) break;
      this.#heap[hole] = child;
      hole = 2 * hole + (rightFirst ? 2 : 1);
    }
    this.#heap[hole] = step;
  }
}

/**
 * Finds a shortest path with Dijkstra's algorithm, in O((V + E) log E).
 *
 * Nodes are told apart as the keys of a `Map` are, so objects count by identity. A node that occurs as
 * a neighbour only has no outgoing edges. A source that is the target gives a path of one node.
 *
 * @param graph - the graph to search; it is not changed
 * @param source - where the path begins; it need not be a key of the graph
 * @param target - where the path ends, by identity where it is an object
 * @returns the length and the nodes of one shortest path, or `null` if the target cannot be reached
 * @throws {RangeError} if an edge that is negative or `NaN` is met on the way
 *
 * @example
 * const graph = new Map([["a", new Map([["b", 7]])]]);
 * shortestPath(graph, "a", "b"); // { distance: 7, nodes: ["a", "b"] }
 */
export function shortestPath<N>(graph: Graph<N>, source: N, target: N): Path<N> | null {
  const start: Step<N> = { node: source, distance: 0, previous: null };
  const best = new Map<N, Step<N>>([[source, start]]);
  const queue = new StepQueue<N>();
  queue.push(start);

  for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
    if (step !== best.get(step.node)) continue; // outdated: a shorter way was found after it was queued
    if (step === best.get(target)) return toPath(step);

    for (const [neighbour, weight] of graph.get(step.node) ?? []) {
      if (!(weight >= 0)) {
        throw new RangeError(`the weight of an edge is ${weight}, it must not be negative or NaN`);
      }
      const distance = step.distance + weight;
      if (distance < (best.get(neighbour)?.distance ?? Infinity)) {
        const next = { node: neighbour, distance, previous: step };
        best.set(neighbour, next);
        queue.push(next);
      }
    }
  }
  return null;
}

/** Follows the steps back to the source. */
function toPath<N>(last: Step<N>): Path<N> {
  const nodes: N[] = [];
  for (let step: Step<N> | null = last; step !== null; step = step.previous) {
    nodes.push(step.node);
  }
  return { distance: last.distance, nodes: nodes.reverse() };
}
