"""The tables. What is searched for has a column of its own; the rest is a value as JSON in `body`.

`migrations` makes these tables; a test holds both together.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text

METADATA = MetaData()


def _run_id(*, primary: bool = False) -> Column[str]:
    return Column(
        "run_id", Text, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=primary, nullable=False
    )


def _of_a_trial() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["run_id", "trial"], ["trials.run_id", "trials.key"], ondelete="CASCADE")


RUNS = Table(
    "runs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("started", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("duration_s", Float),
    Column("body", Text, nullable=False),
    Column("budget_nano", Integer),
    Column("booked_nano", Integer, nullable=False, default=0),
    Column("over_nano", Integer, nullable=False, default=0),
)

TASKS = Table(
    "tasks",
    METADATA,
    _run_id(primary=True),
    Column("suite", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("body", Text, nullable=False),
)

MODELS = Table(
    "models",
    METADATA,
    _run_id(primary=True),
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

TEXTS = Table(
    "texts",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

TRIALS = Table(
    "trials",
    METADATA,
    _run_id(primary=True),
    Column("key", Text, primary_key=True),
    Column("suite", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("prompt", Text, ForeignKey("texts.hash"), nullable=False),
    Column("system", Text, ForeignKey("texts.hash"), nullable=False),
    Column("body", Text, nullable=False),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Text, primary_key=True),
    _run_id(),
    Column("trial", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("started", Text, nullable=False),
    Column("ended", Text),
    Column("outcome", Text),
    Column("status_code", Integer),
    Column("message", Text),
    Column("reserved_nano", Integer),
    Column("booked_nano", Integer),
    _of_a_trial(),
    Index("attempts_of_trial", "run_id", "trial"),
)

COMPLETIONS = Table(
    "completions",
    METADATA,
    Column("id", Text, primary_key=True),
    _run_id(),
    Column("trial", Text, nullable=False),
    Column("received", Text, nullable=False),
    Column("finish_reason", Text),
    Column("model_returned", Text),
    Column("system_fingerprint", Text),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("body", Text, nullable=False),
    _of_a_trial(),
    Index("completions_of_trial", "run_id", "trial"),
)

SCORECARDS = Table(
    "scorecards",
    METADATA,
    _run_id(primary=True),
    Column("trial", Text, primary_key=True),
    Column("judged", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("total", Float),
    Column("body", Text, nullable=False),
    Column("answer", Text),
    _of_a_trial(),
)

OPINIONS = Table(
    "opinions",
    METADATA,
    _run_id(primary=True),
    Column("trial", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("body", Text),
    _of_a_trial(),
    Index("opinions_of_call", "run_id", "call"),
)

BASELINES = Table(
    "baselines",
    METADATA,
    Column("name", Text, primary_key=True),
    _run_id(),
    Column("saved", Text, nullable=False),
)

OF_A_RUN = (RUNS, TASKS, MODELS, TRIALS, ATTEMPTS, COMPLETIONS, SCORECARDS, OPINIONS)
"""The tables that hold a run, in an order in which rows can be put in."""
