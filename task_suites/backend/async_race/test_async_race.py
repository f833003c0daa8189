"""Async race: two functions that return before their data is there, to be explained and mended."""

import json
import re
from itertools import pairwise

from pytest_llmbench import llm_task

KINDS = ("plain", "real")
"""Objects that are as little of a response as `fetch` promises, and real `Response` objects."""

NAMES = ("loadReport", "loadAll")
LOOP = re.compile(
    r"event loop|microtask|macrotask|call stack|queue|callback|asynchronous|synchronous|pending|later"
    r"|resum|suspend|promise|tick|turn of",
    re.IGNORECASE,
)
EXPLAINED = 25
"""Words below which nothing has been explained; what they say is for the documentation."""


@llm_task(title="Async race", language="javascript", prompt="prompt.md", names=NAMES)
async def test_async_race(candidate, score):
    network = Network(candidate)
    await check_reports(network, score)
    await check_failures(network, score)
    await check_edges(network, score)
    check_reply(candidate, score)

    with score.documentation("the prose says that the function returns before the callback runs"):
        assert claims_order(candidate.prose), "no sentence says which of the two comes first"

    with score.documentation("the prose speaks of the event loop, as asked", weight=1.5):
        found = {word.lower() for word in LOOP.findall(candidate.prose[:20_000])}
        assert len(found) > 1, f"of the event loop's parts it names {', '.join(found) or 'none'}"


async def check_reports(network, score):
    with score.correctness("gives the caller its own report"):
        assert await network.values(good(1, 2), ["loadReport", 1]) == [report(1)]
        assert await network.values(good("q3", turns=[5]), ["loadReport", "q3"]) == [report("q3")]

    # Who meets one of the heavy ones gets other reports than it asked for, or takes a failure for one.
    with score.correctness("gives all reports in the order of the ids", weight=3):
        ids = [4, 2, 9, 7]
        for turns in ([0, 0, 0, 0], [60, 40, 20, 0], [20, 60, 0, 40]):
            assert await network.values(good(*ids, turns=turns), ["loadAll", ids]) == [list(map(report, ids))]

    with score.correctness("keeps overlapping calls apart", weight=1.5):
        for turns in ([0, 0, 0], [60, 30, 0]):
            replies = good(1, 2, 3, turns=turns)
            single = [["loadReport", 1], ["loadReport", 2], ["loadReport", 3]]
            assert await network.values(replies, *single) == [report(1), report(2), report(3)]
            both = [["loadAll", [1, 3]], ["loadAll", [2, 1]]]
            assert await network.values(replies, *both) == [[report(1), report(3)], [report(2), report(1)]]

    with score.correctness("loads the reports at the same time", weight=1.5):
        ids = list(range(1, 7))
        seen = await network.run(good(*ids, turns=[20] * 6), ["loadAll", ids])
        assert seen.value["outcomes"][0]["state"] == "fulfilled", seen.value["outcomes"][0]
        assert seen.value["peak"] > 1, "one request after another: never were two in flight"


async def check_failures(network, score):
    with score.correctness("takes no error page for a report", weight=2.5):
        page = [[5, reply('{"error": "gone"}', status=404)], [6, reply("null", status=500)]]
        await network.assert_no_report(page, ["loadReport", 5], ["loadReport", 6], ["loadAll", [5]])

    with score.correctness("tells its caller of a failure", weight=2):
        replies = [*good(1), [5, reply(broken=True)]]
        await network.assert_rejects(replies, ["loadReport", 5], ["loadAll", [1, 5]])

    with score.edge_case("rejects on an HTTP error status", weight=3):
        for status in (400, 403, 404, 500, 503):
            replies = [*good(1, 3), [2, reply('{"error": "no"}', status=status, turns=9)]]
            await network.assert_rejects(replies, ["loadReport", 2], ["loadAll", [1, 2, 3]])

    with score.edge_case("rejects on a network failure", weight=2):
        for turns in (0, 30):
            replies = [*good(1, 3, turns=[10, 10]), [2, reply(broken=True, turns=turns)]]
            await network.assert_rejects(replies, ["loadReport", 2], ["loadAll", [1, 2, 3]])

    with score.edge_case("rejects on a body that is not JSON"):
        replies = [*good(1), [2, reply("<!doctype html>")], [3, reply("")]]
        await network.assert_rejects(replies, ["loadReport", 2], ["loadReport", 3], ["loadAll", [1, 2]])


async def check_edges(network, score):
    with score.edge_case("leaves no rejection unhandled"):
        failing = [[1, reply(turns=40)], [2, reply(status=500)], [3, reply(broken=True, turns=20)]]
        for calls in ([["loadReport", 2]], [["loadReport", 3]], [["loadAll", [1, 2, 3]]]):
            seen = await network.run(failing, *calls)
            assert seen.rejections == ()
            assert seen.value["outcomes"][0]["state"] != "pending", "its promise is never settled"

    with score.edge_case("gives an empty list for no ids"):
        assert await network.values([], ["loadAll", []]) == [[]]

    with score.edge_case("gives a report for each of two equal ids"):
        expected = [report(8), report(5), report(8)]
        assert await network.values(good(8, 5, turns=[3, 0]), ["loadAll", [8, 5, 8]]) == [expected]


def check_reply(candidate, score):
    # It weighs so much that an answer with a fault stays below 6.5, where one would merge.
    with score.correctness("could be merged as it is", weight=8.5):
        assert not candidate.form_fault, candidate.form_fault
        left = [check.label for check in score.checks if check.axis == "correctness" and not check.passed]
        assert not left, f"what is left: {'; '.join(left)}"

    with score.correctness("explains, as asked", weight=1.5):
        said = [candidate.prose, *(node.text for node in candidate.nodes("comment"))]
        assert sum(len(text.split()) for text in said) >= EXPLAINED, "there is hardly a word beside the code"


class Network:
    """The answer's functions over fakes of `fetch`, with each kind of response."""

    def __init__(self, candidate):
        self.candidate = candidate

    async def run(self, replies, *calls, kind="plain"):
        """Begin all calls at once, and give what was observed of them."""
        return await self.candidate.observe("run", {"kind": kind, "replies": replies}, list(calls))

    async def outcomes(self, replies, *calls):
        """Give each call, and what became of it, with each kind of response."""
        found = []
        for kind in KINDS:
            seen = await self.run(replies, *calls, kind=kind)
            for call, outcome in zip(calls, seen.value["outcomes"], strict=True):
                found.append((f"{call[0]}({call[1]!r}) with {kind} responses", outcome))
        return found

    async def values(self, replies, *calls):
        """Give what the calls give, which has to be the same with each kind of response."""
        found = await self.outcomes(replies, *calls)
        for call, outcome in found:
            assert outcome["state"] == "fulfilled", f"{call} is {outcome}"
        got = [outcome["value"] for _, outcome in found]
        half = len(calls)
        assert got[:half] == got[half:], "real responses give something else than plain ones"
        return got[:half]

    async def assert_rejects(self, replies, *calls):
        """Assert that all calls are rejected."""
        for call, outcome in await self.outcomes(replies, *calls):
            assert outcome["state"] == "rejected", f"{call} is {outcome}"

    async def assert_no_report(self, replies, *calls):
        """Assert that no call gives anything."""
        for call, outcome in await self.outcomes(replies, *calls):
            assert outcome["state"] != "fulfilled", f"{call} gives {outcome.get('value')!r}"


def report(report_id):
    """Give the report of an id."""
    return {"id": report_id, "title": f"Report {report_id}", "rows": [[report_id, None], []]}


def good(*ids, turns=()):
    """Give the replies of a server that has these reports; `turns` is how long each takes."""
    waits = [*turns, *[0] * (len(ids) - len(turns))]
    return [[i, reply(json.dumps(report(i)), turns=wait)] for i, wait in zip(ids, waits, strict=True)]


def reply(body="{}", *, status=200, turns=0, broken=False):
    """Give one reply, or a broken connection."""
    return {"status": status, "body": body, "turns": turns, "broken": broken}


# What an explanation speaks of, each kind of word with a letter: the end of the synchronous run, what comes
# later, and the words that say which of the two is first.
PROMISE = (
    r"( (the|a|an|its|that|this|your|each|every|new|pending|resulting|whole|chain|both|all)\b)* ?promises?"
)
SIGNS = {
    "R": rf"return(s|ed|ing)?\b(?!{PROMISE})|gives? (it |data |null )?back|synchronous (code|run|part)"
    r"|synchronous statement|call stack|stack is empty|current (code|script|task|job|run)"
    r"|runs? (on )?to (completion|its end|the end)"
    r"|(function|loadReport|loadAll) (has |is )?(long )?(finishe[sd]|end(s|ed)|exit(s|ed)|done|over)",
    "o": r"only (then|later|after)",
    "a": r"after|once|only when|not until|when",
    "t": r"by the time",
    "b": r"before|until|while|ahead of|earlier than",
    "i": r"inside|within|interrupts?|during",
    "e": r"first|immediately|right away|straight away|at once|instantly|too (early|soon)|already"
    r"|synchronously",
    "l": r"later|afterwards?|eventually|asynchronously|still|not yet|hasn't|queued?",
    "C": r"then\(?\)?|callbacks?|microtasks?|respon(se|ds)|repl(y|ies)|network|fetch(Fn)?|requests?"
    r"|asynchronous|promises? (has |is |have )?(resolve|settle|fulfil)\w*|assign(s|ed|ment)"
    r"|data (= |is |was |has been |gets )(body|set|assigned|filled|written|updated|available)"
    r"|(it|that) is set",
    "n": r"not|never|cannot|no|\w+n't",
    ",": r"[,;]",
}
SIGN = re.compile("|".join(rf"(?P<s{ord(k)}>(?<!\w)(?:{v})(?!\w))" for k, v in SIGNS.items()), re.IGNORECASE)
CLAIM = re.compile(
    r"R.*[bo].*C|C.*[ao].*R|t.*C.*R|a.*C.*e.*R|C.*n.*[bi].*R|n.*C.*i.*R|C.*R.*e|R.*e.*C.*[lo]|R.*e.*[lo].*C"
)
OPPOSITE = re.compile(r"C[^.,n]*b[^.,n]*R|R[^.,n]*a[^.,n]*C")


def claims_order(prose):
    """Tell whether a prose says that the function returns first, and that the callback runs later."""
    text = re.sub(r"<!--.*?-->|[`*_]", "", prose[:20_000], flags=re.DOTALL)
    # A new list item, a table's row and a blank line end a sentence too.
    sentences = re.split(r"(?<=[.!?])\s+|\n\s*\n|\n\s*(?:[-|]|\d+\.)", text)
    signs = ["".join(chr(int(found.lastgroup[1:])) for found in SIGN.finditer(s))[:16] for s in sentences]
    pairs = [f"{first}.{second}" for first, second in pairwise(signs)]
    return any(CLAIM.search(found) and not OPPOSITE.search(found) for found in [*signs, *pairs])
