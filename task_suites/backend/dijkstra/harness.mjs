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

let large = new Map();

/**
 * Keep a large graph for `findLarge`, so that building it is no part of what is measured.
 *
 * @param {Uint8Array} bytes - 32-bit integers: from, to and weight of each edge
 */
export function keepLarge(bytes) {
  const words = new Int32Array(Uint8Array.from(bytes).buffer);
  large = new Map();
  for (let at = 0; at < words.length; at += 3) addEdge(large, words[at], words[at + 1], words[at + 2]);
}

/** Find a path in the graph that was kept. */
export function findLarge(source, target) {
  return plain(answer.shortestPath(large, source, target));
}
