"""What earlier runs add to the end of a session: read as scores alone, and read whole.

Run it by `python benchmarks/history.py [ANSWERS_PER_RUN...]`. The storage holds twelve earlier runs beside
the one whose report is drawn. Their answers are made up and short, so that reading whole runs costs less here
than it would.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from kept import ANSWER, TASK, completion, info, scorecard, trial
from made_up_runs import MODELS

from pytest_llmbench.bench.past import MOST_RUNS, with_history
from pytest_llmbench.storage.records import (
    completion_row,
    model_row,
    run_row,
    scorecard_row,
    task_row,
    trial_rows,
)
from pytest_llmbench.storage.stored import Storage
from pytest_llmbench.storage.writes import put

SHAPES = {150: (10, 5, 3), 1_000: (10, 20, 5), 20_000: (10, 200, 10)}
"""Models, tasks and samples for a number of answers."""


def main(arguments: list[str]) -> int:
    """Print a line per size."""
    heads = ("answers", "earlier runs", "their scores", "all of them", "ratio")
    print("".join(f"{head:>14}" for head in heads))
    for answers in [int(text) for text in arguments] or list(SHAPES):
        with tempfile.TemporaryDirectory() as folder:
            storage = Storage.open("sqlite:///kept.db", Path(folder))
            runs = [_fill(storage, number, *SHAPES[answers]) for number in range(MOST_RUNS + 1)]
            document = storage.load(runs[-1])
            began = time.perf_counter()
            shown = len(with_history(document, storage).history)
            scores = time.perf_counter() - began
            for run in runs[:-1]:
                storage.load(run)
            whole = time.perf_counter() - began - scores
        cells = (f"{answers:,}", f"{shown}", f"{scores:.2f} s", f"{whole:.1f} s", f"1 : {whole / scores:.0f}")
        print("".join(f"{cell:>14}" for cell in cells), flush=True)
    return 0


def _fill(storage: Storage, number: int, models: int, tasks: int, samples: int) -> str:
    """Write one run straight into the tables."""
    run = f"{number:032x}"
    began = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number)
    rows = [run_row(info(run, started=began, samples=samples))]
    rows += [model_row(run, model, place) for place, model in enumerate(MODELS[:models])]
    for place in range(tasks):
        task = TASK.model_copy(update={"id": f"task_{place}", "hash": f"h{place}"})
        rows.append(task_row(run, task, place))
        for model in MODELS[:models]:
            for index in range(samples):
                asked = trial(index, task=task.id, model=model.id)
                total = 1 + (place + index * 3 + number + len(model.id)) % 10 * 0.9
                rows += trial_rows(run, task.suite, asked)
                rows.append(completion_row(run, asked.key, completion(), f"{run}{asked.key}"))
                rows.append(scorecard_row(run, asked.key, scorecard(total), ANSWER))
    with storage.database.writing() as connection:
        put(connection, rows)
    return run


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
