// Calls of the answer with what cannot cross to it as a value: nodes that are objects, and large graphs.
// Nothing in here knows which path is right.

import * as answer from "./answer.mjs";

/** A path as plain data, whatever class of the answer's it is of. */
function plain(path) {
  if (typeof path !== "object" || path === null) return path;
  return { distance: path.distance, nodes: Array.from(path.nodes) };
}

/** Find a path in a graph of values. */
export function find(graph, source, target) {
  return plain(answer.shortestPath(graph, source, target));
}

/** The edges from a node, which is made a key of the graph where it is none yet. */
function edgesFrom(graph, node) {
  let edges = graph.get(node);
  if (edges === undefined) {
    edges = new Map();
    graph.set(node, edges);
  }
  return edges;
}

/** Add an edge to a graph in which each node is a key, those without edges too. */
function addEdge(graph, from, to, weight) {
  edgesFrom(graph, from).set(to, weight);
  edgesFrom(graph, to);
}

/**
 * Find a path in a graph whose nodes are objects, all with the same content.
 *
 * @param {number} count - how many nodes there are
 * @param {[number, number, number][]} edges - from, to and weight; nodes by their index
 * @returns the path with nodes by their index, -1 for an object that is none of them
 */
export function findObjects(count, edges, source, target) {
  const nodes = Array.from({ length: count }, () => ({ name: "node" }));
  const graph = new Map();
  for (const [from, to, weight] of edges) addEdge(graph, nodes[from], nodes[to], weight);
  const path = plain(answer.shortestPath(graph, nodes[source], nodes[target]));
  return path && { ...path, nodes: path.nodes.map((node) => nodes.indexOf(node)) };
}

const finders = { find, findObjects };

/** Find a path in each of several graphs: the name of the function that does it, and its arguments. */
export function findAll(cases) {
  return cases.map(([name, ...args]) => finders[name](...args));
}

/** Numbers that look random, the same ones each time. */
function* numbers() {
  let last = 7;
  for (;;) {
    last = (Math.imul(last, 1664525) + 1013904223) >>> 0;
    yield last >>> 8;
  }
}

/** Large graphs by name: from, to and weight of each edge. The judge makes the same ones outside. */
const LARGE = {
  *chain(size) {
    for (let node = 0; node < size; node += 1) yield [node, node + 1, 1];
  },
  *hub(size) {
    const spokes = size / 2;
    for (let spoke = 1; spoke <= spokes; spoke += 1) yield [0, spoke, spokes + 1 - spoke];
    for (let spoke = 1; spoke <= spokes; spoke += 1) yield [spoke, size, 20 * size - 2 * (spokes + 1 - spoke)];
  },
  *crossroads(size) {
    const ways = size / 50;
    for (let way = 1; way <= ways; way += 1) yield [0, way, way];
    for (let way = 1; way <= ways; way += 1) yield [way, ways + 1, 4 * ways - 2 * way];
    for (let node = ways + 2; node < size - ways; node += 1) yield [ways + 1, node, 2 * ways];
    yield [ways + 1, size, 2 * ways + 1];
  },
  *random(size) {
    const next = numbers();
    const nodes = size / 5;
    for (let edge = 0; edge < size; edge += 1) {
      yield [next.next().value % nodes, next.next().value % nodes, 1 + (next.next().value % 1000)];
    }
  },
};

let large = new Map();

/** Keep a large graph for `findLarge`, so that building it is no part of what is measured. */
export function keepLarge(name, size) {
  large = new Map();
  for (const [from, to, weight] of LARGE[name](size)) addEdge(large, from, to, weight);
}

/** Find a path in the graph that was kept; its nodes are given as the bytes of 32-bit integers. */
export function findLarge(source, target) {
  const path = plain(answer.shortestPath(large, source, target));
  return path && { ...path, nodes: new Uint8Array(Int32Array.from(path.nodes).buffer) };
}
