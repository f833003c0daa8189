"""Review a Go service: remarks held against a key, and a corrected file that has to build and behave."""

import json
import random
import time
import zlib
from pathlib import Path

from pytest_llmbench import llm_task
from pytest_llmbench.errors import CandidateError
from pytest_llmbench.scoring.review.key import load_key
from pytest_llmbench.scoring.review.remarks import read_remarks
from pytest_llmbench.scoring.review.verdict import hold_against

FULL = 48  # of the 51 that all faults weigh: what the references find in 20 remarks
STEPS = 10  # checks that make up the remarks' half
UNMENDED = 6  # of these, what a review is worth at most whose own correction could not be merged
BROKEN = 4  # and at most where it does not even do what the service is for

OLD = "warehouse-2019"  # the token that stands in the source
SOON = 0.9  # seconds: far more than a loopback takes, less than any delay below
SLOW = 1.6  # seconds that the price service takes where it is slow
SECOND = 1.9  # seconds: what "a second" may be on a busy machine
GONE = 6.0  # seconds after which nothing is done any more for a client that has left
BIG = 16 * 1024 * 1024  # bytes of a reservation

BASICS = (
    "answers with the price that it is given",
    "adds up a quote",
    "takes a reservation, and says what is left",
    "exports with the right token, and without it not",
)
AUDITS = "writes the audit line after the client has gone"
GRAVE = (
    *BASICS,
    AUDITS,
    "lets no request wait for another SKU's slow price",
    "does not oversell when 200 come at once",
    "refuses quantities below one",
    "is not brought down by a price that is text",
    "exports nothing from outside of the folder",
    "takes the token from the environment, and the old one no more",
)
KEPT = (
    "Command inventory serves prices and takes reservations",
    "auditor writes one line per reservation",
    "the audit store is slow",
    "newServer returns the service's routes",
    "quote asks for the prices of several SKUs at once",
    "export sends one of the nightly export files",
    "the operating system has no randomness to give",
)


@llm_task(
    title="Review a Go service",
    language="go",
    prompt="prompt.md",
    files={"service": "service.go"},
    names=("newServer",),
    tags=("hard", "review"),
    max_tokens=8192,
    cpu_s=60,
    call_timeout_s=40,
    memory_mb=1024,
)
async def test_go_review(candidate, score):
    # Values that nobody can know before, and the same for the same answer.
    rng = random.Random(zlib.crc32(candidate.code.encode("utf-8", "replace")))  # noqa: S311
    late = await begun(candidate)
    await basics(candidate, score, rng)
    await reservations(candidate, score)
    await prices(candidate, score, late)
    await exports(candidate, score, rng)
    await races(candidate, score)
    # One grave fault that is left decides for a reviewer, however many were mended.
    with score.correctness("could be merged", weight=4):
        works(score)
        assert not candidate.form_fault, candidate.form_fault
        left = [label for label in GRAVE if not passed(score, label)]
        assert not left, f"what is left: {'; '.join(left)}"
        assert not remarks_of(candidate).notes, "the findings are not JSON, as asked"
    await price_edges(candidate, score, late)
    await other_edges(candidate, score, rng)
    remarks(candidate, score)


def passed(score, label):
    return any(check.label == label and check.passed for check in score.checks)


def all_passed(score, labels):
    return all(passed(score, label) for label in labels)


def works(score, *more):
    """What does not do what it is for is not asked for more: to refuse everything would be safe, too."""
    broken = [label for label in (*BASICS, *more) if not passed(score, label)]
    assert not broken, f"not tried, as it fails: {'; '.join(broken)}"


# ---- the remarks ----


def remarks_of(candidate):
    """Read the review's remarks, in whatever form they come."""
    blocks = [block.code for tag in ("json", "jsonc", "json5") for block in candidate.blocks(tag)]
    return read_remarks(blocks or [block.code for block in candidate.blocks("")], candidate.prose)


def remarks(candidate, score):
    found = remarks_of(candidate)
    verdict = hold_against(load_key(Path(__file__).parent / "planted.toml"), found.items, full=FULL)
    said = verdict.summary() + (f" (read with {', '.join(found.notes)})" if found.notes else "")
    for step in range(1, STEPS + 1):
        with score.correctness(f"the review finds {step * 100 // STEPS} % of what there is to find"):
            told, said = said, "as above"
            assert verdict.share * STEPS >= step, told
            assert step <= BROKEN or all_passed(score, BASICS), "its own file does not work"
            assert step <= UNMENDED or passed(score, "could be merged"), "its own file could not be merged"

    with score.documentation("says of each remark why", weight=2):
        mute = [remark.number for remark in found.items if len(remark.why.split()) < 5]
        assert len(mute) <= len(found.items) / 10, f"remarks {mute} do not say why"
        assert found.items, "there is no remark"
    with score.documentation("says of each remark what to do", weight=1):
        mute = [remark.number for remark in found.items if len(remark.fix.split()) < 3]
        assert len(mute) <= len(found.items) / 10, f"remarks {mute} do not say what to do"
        assert found.items, "there is no remark"
    with score.documentation("keeps the comments of the file", weight=2):
        code = " ".join(candidate.code.replace("//", " ").split())
        lost = [text for text in KEPT if text not in code]
        assert len(lost) <= 2, f"comments that are gone: {'; '.join(lost)}"


# ---- the corrected file, as a black box: what it must do ----


async def basics(candidate, score, rng):
    with score.correctness("answers with the price that it is given", weight=0.4):
        service = await start(candidate)
        price = await service.price("bolt", rng.randint(100, 999) / 4)
        assert (await service.json("/price?sku=bolt"))["price"] == price

    with score.correctness("adds up a quote", weight=0.4):
        service = await start(candidate)
        given = {sku: rng.randint(100, 999) / 4 for sku in ("bolt", "nut", "gear")}
        for sku, price in given.items():
            await service.price(sku, price)
        total = sum(given.values()) + given["nut"]
        assert (await service.json("/quote?sku=bolt&sku=nut&sku=gear&sku=nut"))["total"] == total

    with score.correctness("takes a reservation, and says what is left", weight=0.4):
        service = await start(candidate)
        taken = rng.randint(1, 40)
        first, second = await service.reserve("bolt", taken), await service.reserve("bolt", 2)
        assert (first.status, first.json.get("left")) == (201, 100 - taken), first
        assert (second.status, second.json.get("left")) == (201, 98 - taken), second
        assert first.json.get("id") != second.json.get("id"), first
        assert (await service.reserve("gear", 13)).status == 409
        assert (await service.ask("/reserve")).status == 405
        assert (await service.ask("/reserve", method="POST", body="{")).status == 400

    with score.correctness("exports with the right token, and without it not", weight=0.4):
        text = f"{rng.getrandbits(64):x}\n"
        service = await start(candidate, files={"exports/nightly.csv": text})
        right = await service.export("nightly.csv")
        assert (right.status, right.body) == (200, text)
        for wrong in (None, "", OLD[:-1], f"{rng.getrandbits(64):x}"):
            reply = await service.export("nightly.csv", wrong)
            assert reply.status in (401, 403), reply
            assert text not in reply.body


async def reservations(candidate, score):
    with score.correctness(AUDITS, weight=0.5):
        works(score)
        service = await start(candidate)
        ids = {quantity: (await service.reserve("nut", quantity)).json["id"] for quantity in (31, 42, 53)}
        lines = await service.audited(len(ids))
        for quantity, name in ids.items():
            assert [line for line in lines if name in line and "nut" in line and str(quantity) in line], lines

    with score.correctness("does not oversell when 200 come at once", weight=0.5):
        works(score)
        for sku, stock in (("bolt", 100), ("gear", 12)):
            service = await start(candidate)
            replies = await service.burst("/reserve", reservation(sku, 1), 200)
            sold = [reply.json.get("left") for reply in replies if reply.status == 201]
            assert sorted(sold, key=str) == sorted(range(stock), key=str)
            assert {reply.status for reply in replies} == {201, 409}

    with score.correctness("refuses quantities below one", weight=0.4):
        works(score)
        service = await start(candidate)
        for quantity in (-5, -1, 0):
            reply = await service.reserve("bolt", quantity)
            assert 400 <= reply.status < 500, f"{quantity}: {reply}"
        assert (await service.reserve("bolt", 1)).json["left"] == 99


async def prices(candidate, score, late):
    with score.correctness("lets no request wait for another SKU's slow price", weight=0.5):
        works(score)
        slow, others = await late.answered_meanwhile()
        later = slow.seconds - SLOW  # what a busy machine adds
        for what, reply in others:
            assert reply.status in (200, 201), f"{what}: {reply}"
            assert reply.seconds < SOON + later, f"{what} took {reply.seconds:.1f} s"

    with score.correctness("is not brought down by a price that is text", weight=0.4):
        works(score)
        service = await start(candidate)
        await service.answer("nut", '{"price": "12.5"}')
        for path in ("/price?sku=nut", "/quote?sku=nut", "/price?sku=unknown"):
            reply = await service.ask(path)
            assert reply.status >= 200, f"{path}: {reply}"
        price = await service.price("bolt", 2.5)
        assert (await service.json("/price?sku=bolt"))["price"] == price

    with score.correctness("leaves no goroutine behind after a time-out", weight=0.4):
        works(score)
        reply, before, after = await late.left_behind()
        assert reply.status >= 400, reply
        assert after <= before, f"{after - before} goroutines are left"


async def exports(candidate, score, rng):
    with score.correctness("exports nothing from outside of the folder", weight=0.5):
        works(score)
        secret = f"{rng.getrandbits(64):x}"
        files = {"secret.txt": secret, "exports/nightly.csv": "fine", "exports/old/a.csv": "old"}
        service = await start(candidate, files=files)
        absolute = f"{await service.folder()}/secret.txt"
        for name in ("../secret.txt", "old/../../secret.txt", absolute, "../exports/../secret.txt"):
            reply = await service.export(name)
            assert reply.status >= 400, f"{name}: {reply}"
            assert secret not in reply.body
        assert (await service.export("nightly.csv")).body == "fine"

    with score.correctness("takes the token from the environment, and the old one no more", weight=0.5):
        works(score)
        token = f"{rng.getrandbits(64):x}"
        service = await start(candidate, token=token, files={"exports/a.csv": "fine"})
        assert (await service.export("a.csv", token)).body == "fine"
        assert (await service.export("a.csv", OLD)).status in (401, 403)


async def races(candidate, score):
    """Without a C compiler this is not checked, and not among the task's checks either."""
    try:
        checked = await candidate.call("raceDetector")
    except CandidateError:
        checked = True  # what does not build is not silent either
    if not checked:
        return
    with score.correctness("is silent under the race detector", weight=0.4):
        works(score)
        service = await start(candidate, files={"exports/a.csv": "fine"}, race=True)
        for sku in ("bolt", "nut", "gear"):
            await service.price(sku, 2.5)
        tickets = [
            await service.send("/reserve", method="POST", body=reservation("bolt", 1), times=30),
            await service.send("/reserve", method="POST", body=reservation("nut", 2), times=30),
            await service.send("/price?sku=bolt", times=10),
            await service.send("/price?sku=unknown", times=5),
            await service.send("/quote?sku=bolt&sku=nut&sku=gear", times=10),
            await service.send("/export?file=a.csv", headers={"X-Admin-Token": OLD}, times=10),
        ]
        for ticket in tickets:
            await service.wait(ticket)
        await service.pause(0.1)  # the audit store is slow
        printed = await service.stop()
        for what in ("WARNING: DATA RACE", "fatal error"):
            assert what not in printed, printed[printed.find(what) :][:1500]


# ---- and at the edges of that ----


async def price_edges(candidate, score, late):
    with score.edge_case("asks for a SKU with signs in it as it is"):
        works(score)
        service = await start(candidate)
        price = await service.price("a b&c=1#/%", 7.5)
        reply = await service.ask("/price?sku=a%20b%26c%3D1%23%2F%25")
        # To refuse such a SKU is as safe.
        assert reply.json.get("price") == price or 400 <= reply.status < 500, reply
        assert set((await service.upstream())["asked"]) <= {"a b&c=1#/%"}

    with score.edge_case("passes on no price where the price service fails"):
        works(score)
        service = await start(candidate)
        await service.answer("bolt", '{"price": 3}', status=500)
        await service.answer("nut", "{}")
        for path in ("/price?sku=bolt", "/price?sku=nut", "/price?sku=unknown"):
            reply = await service.ask(path)
            assert reply.status >= 400, f"{path}: {reply}"

    with score.edge_case("counts no failed price as zero"):
        works(score)
        service = await start(candidate)
        await service.price("bolt", 2.5)
        await service.answer("nut", "{}")
        for path in ("/quote?sku=bolt&sku=nut", "/quote?sku=unknown&sku=bolt"):
            reply = await service.ask(path)
            assert reply.status >= 400, f"{path}: {reply}"

    with score.edge_case("asks again after a failure"):
        works(score)
        service = await start(candidate)
        await service.answer("gear", "busy", status=503)
        assert (await service.ask("/price?sku=gear")).status != 200
        price = await service.price("gear", 4.25)
        assert (await service.json("/price?sku=gear"))["price"] == price

    with score.edge_case("gives up a quote after a second, however many prices came"):
        works(score)
        reply = await late.long_quote()
        assert reply.status >= 400, reply
        assert reply.seconds < SECOND, f"it took {reply.seconds:.1f} s"

    with score.edge_case("holds no connection to the price service open for nothing"):
        works(score)
        service = await start(candidate)
        for number in range(30):
            await service.answer(f"sku{number}", '{"price": 1.5, "note": "' + "x" * 20_000 + '"}')
            assert 200 <= (await service.ask(f"/price?sku=sku{number}")).status < 500
        assert (await service.upstream())["open"] <= 10

    with score.edge_case("stops asking for a client that has gone"):
        works(score)
        assert await late.abandoned() == 0


async def other_edges(candidate, score, rng):
    with score.edge_case("refuses a body of 16 MB"):
        works(score)
        service = await start(candidate)
        reply = await service.ask("/reserve", method="POST", body=reservation("bolt", 1), pad=BIG)
        assert reply.status == 0 or 400 <= reply.status < 500, reply
        assert (await service.reserve("bolt", 1)).json["left"] == 99

    with score.edge_case("sells to a client that hangs up, and audits it, or does neither"):
        works(score, AUDITS)
        service = await start(candidate)
        for _ in range(5):
            await service.ask("/reserve", method="POST", body=reservation("nut", 1), give_up=0.01)
        for _ in range(4):  # on a busy machine some of them are still under way
            sold = 250 - (await service.reserve("nut", 1)).json["left"]
            lines = [line for line in await service.audited(sold) if "nut" in line]
            if len(lines) == sold:
                break
            await service.pause(0.3)
        assert len(lines) == sold, lines

    with score.edge_case("follows no link out of the folder"):
        works(score)
        secret = f"{rng.getrandbits(64):x}"
        links = {"exports/link.csv": "../secret.txt"}
        service = await start(candidate, files={"secret.txt": secret}, links=links)
        assert secret not in (await service.export("link.csv")).body

    with score.edge_case("writes no token to the log", weight=0.5):
        works(score)
        token = f"{rng.getrandbits(64):x}"
        service = await start(candidate, files={"exports/a.csv": "fine"})
        await service.export("a.csv", token)
        assert token not in await service.printed()

    with score.edge_case("shows no paths of the server", weight=0.5):
        works(score)
        service = await start(candidate, files={"exports/a.csv": "fine"})
        reply = await service.export("missing.csv")
        assert reply.status >= 400, reply
        assert await service.folder() not in reply.body

    with score.edge_case("refuses every export where no token is set", weight=0.5):
        works(score)
        service = await start(candidate, token=None, files={"exports/a.csv": "fine"}, may_refuse=True)
        for token in ("", OLD, None) if service else ():
            assert (await service.export("a.csv", token)).status in (401, 403, 500, 503)


# ---- what takes seconds is begun first and looked at later: they pass for all of it at once ----


async def begun(candidate):
    late = _Late()
    try:
        await late.begin(candidate)
    except CandidateError as error:
        late.error = error
    return late


class _Late:
    """Requests that are under way. What went wrong at their start is told where they are looked at."""

    error = None

    async def begin(self, candidate):
        self._begun = time.monotonic()
        self._leaving = await start(candidate)
        await self._leaving.answer("bolt", '{"price": 1}', delay=60)
        for _ in range(3):
            await self._leaving.send("/price?sku=bolt", give_up=0.3)

        self._quoted = await start(candidate)
        for count, sku in enumerate(("bolt", "nut", "gear"), 1):
            await self._quoted.price(sku, 1.5, delay=0.8 * count)
        self._long_quote = await self._quoted.send("/quote?sku=bolt&sku=nut&sku=gear")

        self._leaking = await start(candidate)
        for sku in ("bolt", "nut", "gear"):
            await self._leaking.answer(sku, '{"price": 1}', delay=60)
        self._before = await self._leaking.goroutines()
        self._given_up = await self._leaking.send("/quote?sku=bolt&sku=nut&sku=gear")

        self._held_up = await start(candidate)
        await self._held_up.price("gear", 1.5, delay=SLOW)
        await self._held_up.price("nut", 2.5)
        self._slow = await self._held_up.send("/price?sku=gear")
        await self._held_up.asked("gear")
        self._fast = [
            (
                "a reservation",
                await self._held_up.send("/reserve", method="POST", body=reservation("bolt", 1)),
            ),
            ("a price", await self._held_up.send("/price?sku=nut")),
            ("a quote", await self._held_up.send("/quote?sku=nut")),
        ]

    async def answered_meanwhile(self):
        """A price that was slow to come, and what was answered meanwhile."""
        self._checked()
        slow = await self._held_up.wait(self._slow)
        assert slow.status == 200, "the slow price did not come"
        return slow, [(what, await self._held_up.wait(ticket)) for what, ticket in self._fast]

    async def long_quote(self):
        """A quote whose prices come one by one, the last of them too late."""
        self._checked()
        return await self._quoted.wait(self._long_quote)

    async def left_behind(self):
        """A quote that was given up: its answer, and the goroutines before and after."""
        self._checked()
        reply = await self._leaking.wait(self._given_up)
        await self._leaking.release()
        for _ in range(10):
            after = await self._leaking.goroutines()
            if after <= self._before:
                break
            await self._leaking.pause(0.1)
        return reply, self._before, after

    async def abandoned(self):
        """How many requests to the price service still wait, long after their clients have gone."""
        self._checked()
        seen = await self._leaving.upstream()
        while seen["waiting"] and time.monotonic() - self._begun < GONE:
            await self._leaving.pause(0.1)
            seen = await self._leaving.upstream()
        assert seen["asked"], "the price service was never asked"
        return seen["waiting"]

    def _checked(self):
        if self.error is not None:
            raise self.error


# ---- a service in the sandbox, seen from outside ----


def reservation(sku, quantity):
    return json.dumps({"sku": sku, "quantity": quantity})


async def start(candidate, *, token=OLD, files=None, links=None, race=False, may_refuse=False):
    env = [] if token is None else [f"ADMIN_TOKEN={token}"]
    try:
        number = await candidate.call("start", env, files or {}, links or {}, race)
    except CandidateError as error:
        if may_refuse and "does not start" in str(error):
            return None
        raise
    return _Service(candidate, number)


class _Reply:
    """What came back; status 0 where nothing did."""

    def __init__(self, given):
        self.status, self.body, self.type = given["status"], given["body"], given["type"]
        self.seconds, self.failure = given["seconds"], given["failure"]

    @property
    def json(self):
        """The body as a JSON object; an empty one where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def __repr__(self):
        return self.failure or f"{self.status} {self.body[:300]!r}"


class _Service:
    """One service. Each is a process of its own: what kills one leaves the others."""

    def __init__(self, candidate, number):
        self._candidate = candidate
        self._number = number

    async def _call(self, name, *args):
        return await self._candidate.call(name, self._number, *args)

    async def price(self, sku, price, *, delay=0.0):
        """Set the price that the price service has for a SKU, and give it."""
        await self.answer(sku, json.dumps({"price": price}), delay=delay)
        return price

    async def answer(self, sku, body, *, status=200, delay=0.0):
        await self._call("setPrices", {sku: {"body": body, "status": status, "delay": delay}})

    async def ask(self, path, **request):
        return _Reply(await self._call("ask", {"method": "GET", "path": path, **request}))

    async def send(self, path, *, times=1, **request):
        return await self._call("send", {"method": "GET", "path": path, **request}, times)

    async def wait(self, ticket):
        return _Reply(await self._candidate.call("wait", ticket))

    async def burst(self, path, body, times):
        request = {"method": "POST", "path": path, "body": body}
        return [_Reply(given) for given in await self._call("burst", request, times)]

    async def json(self, path):
        reply = await self.ask(path)
        assert reply.status == 200, reply
        assert reply.type.startswith("application/json"), reply.type
        return reply.json

    async def reserve(self, sku, quantity):
        return await self.ask("/reserve", method="POST", body=reservation(sku, quantity))

    async def export(self, name, token=OLD):
        headers = {} if token is None else {"X-Admin-Token": token}
        return await self.ask(f"/export?file={name.replace('/', '%2F')}", headers=headers)

    async def audited(self, lines):
        """Wait until the audit trail has as many lines, for a second at most, and give it."""
        for _ in range(20):
            found = [line for line in await self._call("audit") if line]
            if len(found) >= lines:
                break
            await self.pause(0.05)
        return found

    async def asked(self, sku):
        """Wait until the price service has been asked for a SKU, for a second at most."""
        for _ in range(50):
            if sku in (await self.upstream())["asked"]:
                break
            await self.pause(0.02)

    async def upstream(self):
        return await self._call("seen")

    async def release(self):
        await self._call("release")

    async def goroutines(self):
        return await self._call("goroutines")

    async def folder(self):
        return await self._call("folder")

    async def printed(self):
        return await self._call("printed")

    async def stop(self):
        return await self._call("stop")

    async def pause(self, seconds):
        await self._candidate.call("pause", seconds)
