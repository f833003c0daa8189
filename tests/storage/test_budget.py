"""The budget: whatever is asked in whatever order, no more is booked than it allows."""

from __future__ import annotations

import asyncio
import math
import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from kept import TASK, completion, info, trial

from pytest_llmbench.completions.budget import NANO, prompt_tokens, settled_nano, worst_nano
from pytest_llmbench.completions.completion import ApiFailure, Completion, Usage
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.models.model import Model
from pytest_llmbench.storage import records
from pytest_llmbench.storage.booking import books, reserve
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.migrations import upgrade
from pytest_llmbench.storage.stored import Storage
from pytest_llmbench.storage.writes import Write, put

PRICES = st.one_of(st.none(), st.floats(0, 100, allow_nan=False))


@st.composite
def attempts(draw: st.DrawFn) -> tuple[Any, Model, Completion | Trouble, bool]:
    """An attempt, who makes it, how it ends, and whether it bills more than could be asked for."""
    model = Model(id="m", provider="p", price_output=draw(st.floats(0, 100)), price_input=draw(PRICES))
    asked = trial(prompt=draw(st.text(max_size=200)))
    wanted = draw(st.integers(1, 100_000))
    asked = asked.model_copy(
        update={"parameters": asked.parameters.model_copy(update={"max_tokens": wanted})}
    )
    greedy = draw(st.booleans())
    output = draw(st.integers(0, wanted * (5 if greedy else 1)))
    counted = draw(st.one_of(st.none(), st.integers(0, prompt_tokens(asked))))
    ending = draw(st.sampled_from(["answer", "uncounted", "lost", "error"]))
    if ending in ("lost", "error"):
        status = 503 if ending == "error" else None
        return asked, model, Trouble(kind="server", text="no", status_code=status), greedy
    usage = Usage(input=counted, output=None if ending == "uncounted" else output)
    return asked, model, completion(usage=usage), greedy


@settings(max_examples=60, deadline=None)
@given(
    budget=st.integers(0, 2 * NANO),
    made=st.lists(st.tuples(attempts(), st.integers(0, 5)), max_size=25),
)
def test_the_booked_sum_never_exceeds_the_budget(
    budget: int, made: list[tuple[tuple[Any, Model, Completion | Trouble, bool], int]]
) -> None:
    """Attempts begin in turn, and each one ends after some others have begun, or never."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        upgrade(connection, "a database in memory")
        run = info().id
        put(connection, [records.run_row(info(), budget)])
        open_now: list[tuple[int, int, int]] = []
        for place, ((asked, model, outcome, _), later) in enumerate(made):
            worst = worst_nano(asked, model)
            assert worst is not None
            row = {"id": str(place), "run_id": run, "trial": asked.key, "number": 1, "started": ""}
            if reserve(connection, {**row, "reserved_nano": worst}):
                open_now.append((place + later, worst, settled_nano(outcome, asked, model, worst)))
            for entry in [entry for entry in open_now if entry[0] <= place]:
                open_now.remove(entry)
                _, reserved, booked = entry
                change = {"run": run, "change": booked - reserved, "over": max(0, booked - reserved)}
                put(connection, [Write("settlement", change)])
            found = books(connection, run)
            assert found.booked - found.over <= budget
            if not any(greedy for (_, _, _, greedy), _ in made):
                assert found.over == 0


@settings(max_examples=25, deadline=None)
@given(
    budget=st.integers(0, 2 * NANO),
    calls=st.lists(st.tuples(attempts(), st.integers(0, 8), st.integers(0, 8)), max_size=15),
    processes=st.integers(1, 2),
)
def test_calls_at_once_share_one_budget(
    budget: int, calls: list[tuple[tuple[Any, Model, Completion | Trouble, bool], int, int]], processes: int
) -> None:
    """Calls of one or two journals begin and end when they like, each at some turn of the loop."""
    booked: list[tuple[int, int]] = []

    async def call(journal: Journal, place: int) -> None:
        (asked, model, outcome, _), begins, takes = calls[place]
        asked = asked.model_copy(update={"model": str(place)})
        for _ in range(begins):
            await asyncio.sleep(0)
        ticket = await journal.open(asked, 1)
        if isinstance(ticket, ApiFailure):
            assert ticket.kind == "budget"
            return
        for _ in range(takes):
            await asyncio.sleep(0)
        worst = worst_nano(asked, model) or 0
        booked.append((worst, settled_nano(outcome, asked, model, worst)))
        await ticket.settle(outcome)

    async def all_calls(journals: list[Journal]) -> None:
        await asyncio.gather(*(call(journals[place % processes], place) for place in range(len(calls))))

    with tempfile.TemporaryDirectory() as folder:
        storage = Storage.open("sqlite:///runs.db", Path(folder))
        journals = [storage.begin(info(), budget=budget) for _ in range(processes)]
        for journal in journals:
            journal.models(
                [model.model_copy(update={"id": str(n)}) for n, ((_, model, _, _), *_) in enumerate(calls)]
            )
            journal.expect(
                TASK, 0, [one.model_copy(update={"model": str(n)}) for n, ((one, *_), *_) in enumerate(calls)]
            )
        asyncio.run(all_calls(journals))
        for journal in journals:
            journal.close()
        found = storage.books(info().id)
        with storage.database.reading() as connection:
            (open_still,) = connection.execute("SELECT count(*) FROM attempts WHERE ended IS NULL").fetchone()
    assert found.booked == sum(settled for _, settled in booked)
    assert found.over == sum(max(0, settled - worst) for worst, settled in booked)
    assert found.booked - found.over <= budget
    assert open_still == 0


def test_cheap_calls_make_room_for_more_than_were_reserved_at_first(storage: Storage) -> None:
    chance = random.Random(0)
    model = Model(id="m", provider="p", price_output=10.0)
    worst = worst_nano(trial(), model)
    assert worst is not None
    budget = worst * 3
    journal = storage.begin(info(), budget=budget)
    journal.models([model])
    trials = [trial(index) for index in range(40)]
    journal.expect(TASK, 0, trials)
    spent: list[int] = []

    async def call(index: int) -> None:
        ticket = await journal.open(trials[index], 1)
        if isinstance(ticket, ApiFailure):
            return
        await asyncio.sleep(chance.random() / 100)
        reply = completion(usage=Usage(input=10, output=chance.randint(100, 1500)))
        spent.append(settled_nano(reply, trials[index], model, worst))
        await ticket.settle(reply)
        assert storage.books(info().id).booked <= budget

    async def all_calls() -> None:
        await asyncio.gather(*(call(index) for index in range(len(trials))))

    asyncio.run(all_calls())
    journal.close()
    assert 3 < len(spent) < 40
    assert budget - sum(spent) < worst


def test_what_was_lost_stays_booked(storage: Storage) -> None:
    model = Model(id="m", provider="p", price_output=10.0)
    worst = worst_nano(trial(), model)
    for _ in range(2):
        journal = storage.begin(info(), budget=NANO)
        journal.models([model])
        journal.expect(TASK, 0, [trial()])
        asyncio.run(journal.open(trial(), 1))
        journal.close()
    assert worst is not None
    assert storage.books(info().id).booked == 2 * worst


def test_the_worst_case_of_a_call() -> None:
    asked = trial(prompt="äö")
    tokens = prompt_tokens(asked)
    assert tokens == len("Be terse.") + 64 + 4 + 64
    both = Model(id="m", provider="p", price_output=2.5, price_input=0.5)
    assert worst_nano(asked, both) == math.ceil((tokens * 0.5 + 4096 * 2.5) * 1000)
    alone = both.model_copy(update={"price_input": None})
    assert worst_nano(asked, alone) == math.ceil((tokens + 4096) * 2.5 * 1000)
    assert worst_nano(asked, both.model_copy(update={"price_output": None})) is None
    assert worst_nano(asked, both.model_copy(update={"embedded": True, "price_output": None})) == 0


def test_a_router_s_own_bill_counts_where_it_is_higher() -> None:
    model = Model(id="m", provider="p", price_output=1.0)
    reply = completion(usage=Usage(input=0, output=1000))
    assert settled_nano(reply, trial(), model, 10**9) == NANO // 1000
    dear = reply.model_copy(update={"cost_usd_returned": 0.25})
    assert settled_nano(dear, trial(), model, 10**9) == NANO // 4
