"""The tables. What is searched for has a column of its own; the rest is a value as JSON in `body`.

`migrations` makes these tables; a test holds both together.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Column(NamedTuple):
    """A column. `default` is what it holds where a row says nothing; None for nothing."""

    name: str
    type: Literal["TEXT", "INTEGER", "FLOAT"] = "TEXT"
    nullable: bool = False
    default: int | None = None


class Reference(NamedTuple):
    """Columns that hold the key of another table's row. Where it `cascades`, they go with that row."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]
    cascades: bool = True


class Index(NamedTuple):
    """What makes a search quick."""

    name: str
    columns: tuple[str, ...]


class Table(NamedTuple):
    """A table; `key` tells its rows apart."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    indexes: tuple[Index, ...] = ()


_RUN_ID = Column("run_id")
_OF_A_RUN = Reference(("run_id",), "runs", ("id",))
_OF_A_TRIAL = Reference(("run_id", "trial"), "trials", ("run_id", "key"))

RUNS = Table(
    "runs",
    (
        Column("id"),
        Column("started"),
        Column("status"),
        Column("duration_s", "FLOAT", nullable=True),
        Column("body"),
        Column("budget_nano", "INTEGER", nullable=True),
        Column("booked_nano", "INTEGER", default=0),
        Column("over_nano", "INTEGER", default=0),
    ),
    key=("id",),
)

TASKS = Table(
    "tasks",
    (
        _RUN_ID,
        Column("suite"),
        Column("id"),
        Column("position", "INTEGER"),
        Column("hash"),
        Column("body"),
    ),
    key=("run_id", "suite", "id"),
    references=(_OF_A_RUN,),
)

MODELS = Table(
    "models",
    (_RUN_ID, Column("id"), Column("position", "INTEGER"), Column("body")),
    key=("run_id", "id"),
    references=(_OF_A_RUN,),
)

TEXTS = Table("texts", (Column("hash"), Column("text")), key=("hash",))

TRIALS = Table(
    "trials",
    (
        _RUN_ID,
        Column("key"),
        Column("suite"),
        Column("task"),
        Column("model"),
        Column("sample", "INTEGER"),
        Column("prompt"),
        Column("system"),
        Column("body"),
    ),
    key=("run_id", "key"),
    references=(
        _OF_A_RUN,
        Reference(("prompt",), "texts", ("hash",), cascades=False),
        Reference(("system",), "texts", ("hash",), cascades=False),
    ),
)

ATTEMPTS = Table(
    "attempts",
    (
        Column("id"),
        _RUN_ID,
        Column("trial"),
        Column("number", "INTEGER"),
        Column("started"),
        Column("ended", nullable=True),
        Column("outcome", nullable=True),
        Column("status_code", "INTEGER", nullable=True),
        Column("message", nullable=True),
        Column("reserved_nano", "INTEGER", nullable=True),
        Column("booked_nano", "INTEGER", nullable=True),
    ),
    key=("id",),
    references=(_OF_A_RUN, _OF_A_TRIAL),
    indexes=(Index("attempts_of_trial", ("run_id", "trial")),),
)

COMPLETIONS = Table(
    "completions",
    (
        Column("id"),
        _RUN_ID,
        Column("trial"),
        Column("received"),
        Column("finish_reason", nullable=True),
        Column("model_returned", nullable=True),
        Column("system_fingerprint", nullable=True),
        Column("input_tokens", "INTEGER", nullable=True),
        Column("output_tokens", "INTEGER", nullable=True),
        Column("body"),
    ),
    key=("id",),
    references=(_OF_A_RUN, _OF_A_TRIAL),
    indexes=(Index("completions_of_trial", ("run_id", "trial")),),
)

SCORECARDS = Table(
    "scorecards",
    (
        _RUN_ID,
        Column("trial"),
        Column("judged"),
        Column("status"),
        Column("total", "FLOAT", nullable=True),
        Column("body"),
        Column("answer", nullable=True),
    ),
    key=("run_id", "trial"),
    references=(_OF_A_RUN, _OF_A_TRIAL),
)

OPINIONS = Table(
    "opinions",
    (_RUN_ID, Column("trial"), Column("call"), Column("asked"), Column("body", nullable=True)),
    key=("run_id", "trial"),
    references=(_OF_A_RUN, _OF_A_TRIAL),
    indexes=(Index("opinions_of_call", ("run_id", "call")),),
)

BASELINES = Table(
    "baselines",
    (Column("name"), _RUN_ID, Column("saved")),
    key=("name",),
    references=(_OF_A_RUN,),
)

TABLES = (RUNS, TASKS, MODELS, TEXTS, TRIALS, ATTEMPTS, COMPLETIONS, SCORECARDS, OPINIONS, BASELINES)
"""All of them, but the one that holds the schema's version."""
