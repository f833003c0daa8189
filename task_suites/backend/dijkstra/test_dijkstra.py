"""Dijkstra: a shortest path with a real priority queue, and types that hold."""

import heapq
import random
import re
from array import array
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from pytest_llmbench import CandidateCrash, CandidateError, CandidateTimeout, llm_task
from pytest_llmbench.sandbox.jsvalues import JsMap

EDGES = 100_000
SLOWER = 10
"""How many times the slower reference's CPU time a search of a large graph may take."""

QUICK_S = 0.3
"""Seconds of CPU time in which a search is in time on any machine, whatever the references take."""

PATIENCE_S = 2.0
"""Seconds of CPU time after which the references have to tell whether a search may take even longer."""


@llm_task(
    title="Dijkstra",
    language="typescript",
    prompt="prompt.md",
    names=("shortestPath", "Graph", "Path"),
    tags=("hard",),
)
async def test_dijkstra(candidate, score):
    compiles = await check_compiled(candidate, score)
    await check_paths(candidate, score, compiles)
    await check_nodes(candidate, score)
    await check_weights(candidate, score)
    slow = await check_large(candidate, score)
    check_code(candidate, score, slow)

    with score.correctness("could be merged as it is", weight=20):
        assert not candidate.form_fault, candidate.form_fault
        left = [label for label in GRAVE if not passed(score, label)]
        assert not left, f"what is left: {'; '.join(left)}"


# What finds no shortest paths is asked for no more. Whoever loses nodes or has no heap fails the check of
# merging as well, which weighs so much that such an answer stays below 6.5, where one would merge.

BASICS = "finds a shortest path in 500 random graphs"
GRAVE = (
    "compiles under --strict",
    BASICS,
    "gives null where there is no path",
    "reaches a node that is only a neighbour",
    "tells objects with the same content apart",
    "searches a random graph of 100,000 edges in time",
    "searches a hub graph of 100,000 edges in time",
)


def works(score):
    """Assert that the answer does what it is for."""
    assert passed(score, BASICS), f"not tried, as it fails: {BASICS}"


def passed(score, label):
    return any(check.label == label and check.passed for check in score.checks)


async def check_compiled(candidate, score):
    """Check what the compiler says of the answer and of its uses, and tell whether it compiles."""
    compiles, found, border = False, None, LET_IN.count("\n")
    with score.correctness("compiles under --strict", weight=3):
        # One run of the compiler for all three checks: the second file's lines follow the first's.
        found = await candidate.check_types(LET_IN + REFUSED)
        silenced = [
            c.line for c in candidate.nodes("comment") if re.search(r"@ts-(ignore|nocheck|exp)", c.text)
        ]
        assert not silenced, f"line {silenced[0]}: the compiler is told to look away"
        assert [d for d in await candidate.diagnostics() if d.category == "error"] == []
        compiles = True

    with score.correctness("its types let in nodes of any type", weight=0.5):
        assert found is not None, "the compiler did not get to an end"
        assert [d for d in found if d.line <= border] == []

    with score.correctness("its types refuse wrong uses", weight=0.5):
        assert found is not None, "the compiler did not get to an end"
        assert [d for d in found if d.line > border] == []

    return compiles


async def check_paths(candidate, score, compiles):
    with score.correctness(BASICS, weight=6):
        assert compiles, "it does not compile, so that nobody could use it"
        await assert_all_shortest(candidate, random_cases("numbers and strings", 500))

    with score.correctness("gives null where there is no path", weight=0.5):
        works(score)
        graph = {"a": {"b": 1}, "c": {"a": 1}, "d": {}}
        for target in ("c", "d", "nowhere"):
            assert await candidate.call("find", as_map(graph), "a", target) is None

    with score.correctness("reaches a node that is only a neighbour", weight=4):
        works(score)
        found = await candidate.call("find", as_map({1: {2: 4}, 2: {3: 5}}), 1, 3)
        assert found == {"distance": 9, "nodes": [1, 2, 3]}
        await assert_all_shortest(candidate, random_cases("neighbours only", 250))

    with score.edge_case("gives the path of one node where the source is the target", weight=0.5):
        for graph in ({"a": {"b": 2}, "b": {"a": 0}}, {"a": {"a": 3}}):
            assert await candidate.call("find", as_map(graph), "a", "a") == {"distance": 0, "nodes": ["a"]}

    with score.edge_case(
        "gives null or the path of one node for an unknown source that is the target", weight=0.5
    ):
        found = await candidate.call("find", as_map({"a": {"b": 2}}), "x", "x")
        assert found in (None, {"distance": 0, "nodes": ["x"]})

    with score.edge_case("leaves the graph as it was", weight=0.5):
        graph = as_map({"a": {"b": 2, "c": 5}, "b": {"c": 1}, "c": {}})
        seen = await candidate.observe("find", graph, "a", "c")
        assert seen.value == {"distance": 3, "nodes": ["a", "b", "c"]}
        assert seen.arguments[0] == graph


async def check_nodes(candidate, score):
    with score.correctness("tells objects with the same content apart", weight=4):
        works(score)
        edges = [[0, 1, 7], [0, 2, 1], [2, 3, 1], [3, 1, 1], [1, 4, 1]]
        found = await candidate.call("findObjects", 6, edges, 0, 4)
        assert found == {"distance": 4, "nodes": [0, 2, 3, 1, 4]}
        assert await candidate.call("findObjects", 6, edges, 0, 5) is None
        await assert_all_shortest(candidate, random_cases("objects", 250))

    with score.edge_case("takes 0 for a node", weight=0.5):
        for source, target in ((0, 2), (1, 0), (2, 1)):
            found = await candidate.call("find", as_map({0: {1: 1}, 1: {2: 1}, 2: {0: 1}}), source, target)
            assert found == {"distance": 2, "nodes": [source, 3 - source - target, target]}

    with score.edge_case("takes the empty string for a node", weight=0.5):
        for source, target in (("", "b"), ("a", ""), ("b", "a")):
            graph = {"": {"a": 1}, "a": {"b": 1}, "b": {"": 1}}
            found = await candidate.call("find", as_map(graph), source, target)
            assert_shortest(graph, source, target, found, 2)


async def check_weights(candidate, score):
    with score.edge_case("takes weights of 0", weight=0.5):
        graph = {"a": {"b": 0, "c": 0}, "b": {"c": 0, "d": 0}, "c": {"d": 0, "a": 0}, "d": {"e": 0}, "e": {}}
        assert_shortest(graph, "a", "e", await candidate.call("find", as_map(graph), "a", "e"), 0)

    with score.edge_case("throws at a negative weight on the way"):
        assert await throws(candidate, {"a": {"b": 4}, "b": {"c": -3}, "c": {"d": 1}}, "a", "d")

    with score.edge_case("throws at a weight of NaN on the way"):
        assert await throws(candidate, {"a": {"b": 4}, "b": {"c": float("nan")}, "c": {"d": 1}}, "a", "d")


async def check_large(candidate, score):
    """Search the large graphs in fresh processes, and tell which searches were too slow."""
    slow = set()
    await candidate.restart()
    for name, weight in (("random", 2), ("chain", 0.25), ("hub", 2), ("crossroads", 0.25)):
        with score.correctness(f"searches a {name} graph of 100,000 edges in time", weight=weight):
            works(score)
            assert name != "crossroads" or "hub" not in slow, "not tried: it is slow enough at the hub"
            try:
                found = await found_in_time(candidate, name)
            except (AssertionError, CandidateTimeout):
                slow.add(name)
                raise
            _, source, target = large_graph(name)
            assert isinstance(found, dict), "there is a path"
            found["nodes"] = array("i", found["nodes"]).tolist()
            assert_shortest(large_map(name), source, target, found, large_distance(name))
    return slow


async def found_in_time(candidate, name):
    """Give what a search finds, which must not be too slow beside the slower of the references.

    CPU time is judged, so that it does not matter what else the machine does. Who is quick is asked no
    more; otherwise the references are measured now, on the machine as it is now.
    """
    seen = None
    with suppress(CandidateTimeout):
        seen = await search(candidate, name, cpu_s=PATIENCE_S)
        if seen.cpu_s <= QUICK_S:
            return seen.value
    slower = max([await time_of(one, name) for one in candidate.references()])
    if seen is None and SLOWER * slower > PATIENCE_S:
        seen = await search(candidate, name, cpu_s=SLOWER * slower)
    took = f"more than {PATIENCE_S}" if seen is None else f"{seen.cpu_s:.2f}"
    in_time = seen is not None and seen.cpu_s <= SLOWER * slower
    assert in_time, f"{took} s of CPU time, the slower reference {slower:.2f} s"
    return seen.value


async def time_of(reference, name):
    """Give the CPU time of a reference's search, in a process that has not searched before."""
    await reference.restart()
    return (await search(reference, name)).cpu_s


async def search(candidate, name, cpu_s=None):
    """Search a large graph; building it is no part of what is observed."""
    _, source, target = large_graph(name)
    await candidate.call("keepLarge", name, EDGES, timeout=60)
    return await candidate.observe("findLarge", source, target, timeout=60, cpu_s=cpu_s)


def check_code(candidate, score, slow):
    with score.correctness("is type-safe all through: no any, as asked", weight=8.5):
        works(score)
        assert not [node for node in candidate.nodes("predefined_type") if node.text == "any"]

    with score.quality("uses no any", weight=2):
        anys = [node for node in candidate.nodes("predefined_type") if node.text == "any"]
        assert not anys, f"line {anys[0].line}: any"

    with score.quality("makes no type assertion"):
        made = [n for n in candidate.nodes("as_expression", "type_assertion") if not is_const(n.text)]
        assert not made, f"line {made[0].line}: {made[0].text}"

    with score.quality("asserts nothing to be there with !", weight=1.5):
        asserted = [node for node in candidate.nodes("!") if node.parent != "unary_expression"]
        assert not asserted, f"line {asserted[0].line}: !"

    with score.quality("has a real heap", weight=2.5):
        names = candidate.nodes("property_identifier")
        sorts = [n for n in names if n.text in ("sort", "toSorted") and n.parent == "member_expression"]
        assert not sorts, f"line {sorts[0].line}: the queue is sorted, which is no heap"
        assert "hub" not in slow, "a queue with many entries takes far longer than a heap does"


def is_const(assertion):
    """Tell whether a type assertion is `as const`, which asserts nothing."""
    return assertion.split()[-2:] == ["as", "const"]


async def throws(candidate, graph, source, target):
    """Tell whether the answer throws, which is not to end or to hang."""
    try:
        found = await candidate.call("find", as_map(graph), source, target)
    except (CandidateCrash, CandidateTimeout):
        raise
    except CandidateError:
        return True
    raise AssertionError(f"it gives {found!r}")


def as_map(graph):
    """Give a graph of dicts the form in which it crosses."""
    return JsMap((node, JsMap(edges.items())) for node, edges in graph.items())


class Case(NamedTuple):
    """A graph, two of its nodes, and the length of the shortest path between them, None for none."""

    crossing: list[object]
    graph: dict[object, dict[object, float]]
    source: object
    target: object
    expected: float | None


@cache
def random_cases(kind, number):
    """Give cases of a kind: of nodes that are objects, or some of which have no entry of their own."""
    cases = []
    for seed in range(number):
        graph, source, target = random_graph(random.Random(seed), kind)  # noqa: S311 - a seed for each graph
        crossing = ["find", as_map(graph), source, target]
        if kind == "objects":  # they cross as their numbers
            crossing = ["findObjects", 1 + max(*graph, source, target), listed(graph), source, target]
        cases.append(Case(crossing, graph, source, target, distances(graph, source).get(target)))
    return tuple(cases)


async def assert_all_shortest(candidate, cases):
    """Assert that the answer finds a shortest path in each case."""
    for some in batched(cases, 50):
        found = await candidate.call("findAll", [case.crossing for case in some])
        for case, path in zip(some, found, strict=True):
            assert_shortest(case.graph, case.source, case.target, path, case.expected)


def listed(graph):
    """Give a graph's edges as lists."""
    return [[start, end, weight] for start, edges in graph.items() for end, weight in edges.items()]


def batched(items, size):
    """Cut a sequence into pieces."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def random_graph(rng, kind):
    """Give a graph, a source and a target; nodes without edges are keys but where the kind says otherwise."""
    size = rng.randint(2, 14)
    nodes = rng.choice([list(range(size)), [f"n{i}" for i in range(size)]])
    nodes = list(range(size)) if kind == "objects" else nodes
    weights = rng.choice([range(1, 10), range(3), [n / 4 for n in range(40)]])
    graph = {node: {} for node in nodes}
    for _ in range(rng.randint(1, 4 * size)):
        graph[rng.choice(nodes)][rng.choice(nodes)] = rng.choice(weights)
    source, target = rng.sample(nodes, 2)
    if kind == "neighbours only":
        graph = {node: edges for node, edges in graph.items() if edges or node == source}
    return graph, source, target


def distances(graph, source):
    """Give the length of the shortest path to each node, nearest first: the judge's own Dijkstra."""
    settled = {}
    best = {source: 0}
    queue = [(0, 0, source)]
    while queue:
        length, _, node = heapq.heappop(queue)
        if node in settled:
            continue
        settled[node] = length
        for neighbour, weight in graph.get(node, {}).items():
            if neighbour not in best or length + weight < best[neighbour]:
                best[neighbour] = length + weight
                heapq.heappush(queue, (length + weight, len(best), neighbour))
    return settled


def assert_shortest(graph, source, target, found, expected):
    """Assert that what was found is a path of the graph, and of the length of the shortest; None: of none."""
    where = f"from {source!r} to {target!r}"
    if expected is None:
        assert found is None, f"there is no path {where}"
        return
    assert isinstance(found, dict), f"there is a path {where}: {shown(graph)}"
    nodes = found["nodes"]
    assert nodes[:1] == [source], f"it does not begin at the source: {shown(nodes)}"
    assert nodes[-1:] == [target], f"it does not end at the target: {shown(nodes)}"
    steps = [graph.get(a, {}).get(b) for a, b in pairwise(nodes)]
    assert None not in steps, f"it takes an edge that is not there: {shown(nodes)}"
    assert found["distance"] == expected, f"the shortest path {where} in {shown(graph)}"
    assert sum(steps) == expected, f"the path is not of the distance given: {shown(nodes)}"


def shown(value):
    """Give a value's text, short enough to be read."""
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:600]}…"


@cache
def large_graph(name):
    """Give the edges of a large graph, a source and a target that are far from each other."""
    if name == "chain":
        return tuple((i, i + 1, 1) for i in range(EDGES)), 0, EDGES
    if name == "hub":
        # Every spoke is queued at once, the farthest first; each then finds a better way to the target.
        spokes = range(1, EDGES // 2 + 1)
        out = [(0, i, EDGES // 2 + 1 - i) for i in spokes]
        back = [(i, EDGES, 20 * EDGES - 2 * (EDGES // 2 + 1 - i)) for i in spokes]
        return (*out, *back), 0, EDGES
    if name == "crossroads":
        # A node is queued 2,000 times, each time at a shorter distance, and has 96,000 edges to look at once.
        ways = EDGES // 50
        into = [(0, way, way) for way in range(1, ways + 1)]
        into += [(way, ways + 1, 4 * ways - 2 * way) for way in range(1, ways + 1)]
        out = [(ways + 1, node, 2 * ways) for node in range(ways + 2, EDGES - ways)]
        return (*into, *out, (ways + 1, EDGES, 2 * ways + 1)), 0, EDGES
    size, numbers = EDGES // 5, looks_random()
    edges = [(next(numbers) % size, next(numbers) % size, 1 + next(numbers) % 1000) for _ in range(EDGES)]
    # The farthest but one: there a search that settles nodes when it finds them is wrong, as at most others.
    return tuple(edges), 0, list(distances(mapped(edges), 0))[-2]


def looks_random():
    """Give the numbers that the harness has for random ones."""
    last = 7
    while True:
        last = (last * 1664525 + 1013904223) & 0xFFFFFFFF
        yield last >> 8


def mapped(edges):
    """Give edges as a graph of dicts."""
    graph = {}
    for start, end, weight in edges:
        graph.setdefault(start, {})[end] = weight
    return graph


@cache
def large_map(name):
    """Give a large graph as dicts."""
    return mapped(large_graph(name)[0])


@cache
def large_distance(name):
    """Give the length of the shortest path in a large graph."""
    _, source, target = large_graph(name)
    return distances(large_map(name), source)[target]


LET_IN = """\
import { shortestPath, type Graph, type Path } from "./answer.js";

interface City { readonly name: string }
const bern: City = { name: "Bern" };
const strings: Graph<string> = new Map([["a", new Map([["b", 1]])]]);
const numbers: Graph<number> = new Map([[1, new Map([[2, 0.5]])]]);
const cities: Graph<City> = new Map([[bern, new Map([[bern, 3]])]]);
const plain: ReadonlyMap<string, ReadonlyMap<string, number>> = strings;

export const byString: Path<string> | null = shortestPath(strings, "a", "b");
export const byNumber: Path<number> | null = shortestPath(numbers, 1, 2);
export const byCity: Path<City> | null = shortestPath(cities, bern, bern);
export const byLiteral: Path<string> | null = shortestPath(new Map([["a", new Map([["b", 1]])]]), "a", "b");
export const byPlain: Path<string> | null = shortestPath<string>(plain, "a", "b");
export function byAny<N>(graph: Graph<N>, node: N): readonly N[] {
  const path: Path<N> | null = shortestPath(graph, node, node);
  return path === null ? [] : path.nodes;
}
export const distance: number = byCity?.distance ?? 0;
export const own: Path<number> = { distance: 1, nodes: [1] };
"""

REFUSED = """\
declare const path: Path<string>;
// @ts-expect-error a node of another type
shortestPath(strings, "a", 1);
// @ts-expect-error a source of another type
shortestPath<string>(strings, Symbol(), "a");
// @ts-expect-error weights are numbers
shortestPath(new Map([["a", new Map([["b", "1"]])]]), "a", "b");
// @ts-expect-error a graph is no object
shortestPath({ a: { b: 1 } }, "a", "b");
// @ts-expect-error the target is missing
shortestPath(strings, "a");
// @ts-expect-error there may be no path
shortestPath(strings, "a", "b").nodes;
// @ts-expect-error the nodes are of the graph's type
export const wrong: Path<number> | null = shortestPath(strings, "a", "b");
// @ts-expect-error a path's nodes are read-only
path.nodes.push("a");
// @ts-expect-error a path's distance is read-only
path.distance = 1;
// @ts-expect-error a graph is read-only
strings.set("a", new Map());
"""
