"""How far a run has come, by what is stored of it."""

from __future__ import annotations

import asyncio

import pytest
from kept import ANSWER, MODEL, TASK, completion, info, keep, scorecard, trial

from pytest_llmbench.completions.completion import ApiFailure, Usage
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.report.progress import Progress
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.records import now
from pytest_llmbench.storage.stored import Storage


def test_a_run_that_is_whole(storage: Storage) -> None:
    keep(storage)
    found = storage.progress(info().id, "")
    assert found == Progress(trials=3, answered=3, judged=3, spent_usd=found.spent_usd)
    assert found.spent_usd == pytest.approx(3 * 30 * 1.5 / 1e6)


def test_a_run_under_way(storage: Storage) -> None:
    journal = storage.begin(info())
    journal.models([MODEL, MODEL.model_copy(update={"id": "free", "price_output": None})])
    journal.expect(TASK, 0, [trial(index) for index in range(5)])
    journal.expect(None, 0, [trial(9, task="test_plain.py::test_ask")])
    asyncio.run(_some(journal))
    journal.close()
    found = storage.progress(info().id, "")
    assert (found.trials, found.in_flight, found.answered) == (5, 1, 1)
    assert (found.judged, found.failed, found.retried) == (1, 1, 1)
    assert found.partly
    assert found.spent_usd == pytest.approx(30 * 1.5 / 1e6)
    later = storage.progress(info().id, now())
    assert (later.in_flight, later.judged, later.failed, later.answered) == (0, 0, 0, 1)


async def _some(journal: Journal) -> None:
    """One is answered at the second attempt and judged, one fails, one is under way."""
    for number in (1, 2):
        ticket = await journal.open(trial(0), number)
        assert not isinstance(ticket, ApiFailure)
        reply = completion(usage=Usage(input=10, output=20))
        await ticket.settle(Trouble(kind="server", text="busy", status_code=503) if number == 1 else reply)
    await journal.completed(TASK.suite, trial(0), completion())
    journal.judged(trial(0), scorecard(), ANSWER)
    journal.judged(trial(1), Scorecard(status="api_error", error="down"), None)
    await journal.open(trial(2), 1)
    await journal.completed("", trial(9, task="test_plain.py::test_ask"), completion())


def test_without_a_price_nothing_is_said_of_money(storage: Storage) -> None:
    journal = storage.begin(info())
    journal.models([MODEL.model_copy(update={"price_output": None})])
    journal.close()
    assert storage.progress(info().id, "").spent_usd is None
