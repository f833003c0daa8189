"""What is written down of a run: values turned into rows, and rows read back as values.

Values that are read back may come from a newer release: keys that are not known are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import PydanticSerializationError

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.trial import Parameters, Trial
from pytest_llmbench.errors import StorageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import TaskPart
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.writes import Row, Write
from pytest_llmbench.values import Value

V = TypeVar("V", bound=BaseModel)

_TEXT_FIELDS = frozenset({"prompt", "system"})
_TRIAL_COLUMNS = _TEXT_FIELDS | {"task", "model", "index"}


class RunInfo(Value):
    """A run as it began, and what is needed to trust it later.

    `versions` are releases of this package, of Python, and of what judges; `git_commit` is the state
    of the project that the tasks stand in, with `git_dirty` where files differed from it. `origin` says
    where the answers come from where this run has not asked for them itself, `judge` who was asked for
    opinions.
    """

    id: str
    started: datetime
    command: str = ""
    samples: int
    pass_mark: float = 0.0
    weights: dict[str, float] = Field(default={})
    caps: dict[str, float] = Field(default={})
    costs: dict[str, float] = Field(default={})
    sandbox: str = ""
    versions: dict[str, str]
    git_commit: str | None = None
    git_dirty: bool | None = None
    origin: str = ""
    judge: Model | None = None


def now() -> str:
    """Give the time as rows hold it."""
    return datetime.now(UTC).isoformat()


def json_of(value: BaseModel) -> str:
    """Write a value as JSON; halves of characters, which a server's JSON may hold, are replaced."""
    try:
        return value.model_dump_json()
    except PydanticSerializationError:
        return type(value).model_validate(_whole(value.model_dump())).model_dump_json()


def read(kind: type[V], text: str, what: str) -> V:
    """Read a value back.

    Raises:
        StorageError: It is not one.
    """
    try:
        return kind.model_validate_json(text, extra="ignore")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise StorageError(f"{what} cannot be read: {where}: {first['msg']}") from None


def run_row(info: RunInfo, budget: int | None = None) -> Write:
    """Write down that a run begins, with its budget in billionths of a USD."""
    row: Row = {"id": info.id, "started": info.started.isoformat(), "status": "running", "duration_s": None}
    money: Row = {"budget_nano": budget, "booked_nano": 0, "over_nano": 0}
    return Write("run", {**row, "body": json_of(info), **money})


def task_row(run: str, task: TaskPart, position: int) -> Write:
    """Write down a task of a run."""
    row: Row = {"run_id": run, "suite": task.suite, "id": task.id, "position": position}
    return Write("task", {**row, "hash": task.hash, "body": json_of(task)})


def model_row(run: str, model: Model, position: int) -> Write:
    """Write down a model of a run, without its headers, which may hold a key."""
    body = json_of(without_headers(model))
    return Write("model", {"run_id": run, "id": model.id, "position": position, "body": body})


def without_headers(model: Model) -> Model:
    """Give a model as it is kept: a header may hold a key."""
    return model.model_copy(update={"headers": {}})


def trial_rows(run: str, suite: str, trial: Trial) -> tuple[Write, ...]:
    """Write down what is asked; texts that many trials share are kept once."""
    prompt, system = _hash(trial.prompt), _hash(trial.system)
    row: Row = {
        "run_id": run,
        "key": trial.key,
        "suite": suite,
        "task": trial.task,
        "model": trial.model,
        "sample": trial.index,
        "prompt": prompt,
        "system": system,
        "body": trial.model_dump_json(exclude=set(_TRIAL_COLUMNS)),
    }
    texts = ((prompt, trial.prompt), (system, trial.system))
    return (*(Write("text", {"hash": key, "text": text}) for key, text in texts), Write("trial", row))


def trial_of(row: Mapping[str, object], prompt: str, system: str) -> Trial:
    """Read a trial back."""
    body = read(_Asked, str(row["body"]), f"trial {row['key']}")
    return Trial(
        task=str(row["task"]),
        model=str(row["model"]),
        index=int(str(row["sample"])),
        prompt=prompt,
        system=system,
        api_name=body.api_name,
        base_url=body.base_url,
        parameters=body.parameters,
    )


def completion_row(run: str, key: str, completion: Completion, name: str) -> Write:
    """Write down what was paid for, by a name that no other one has."""
    row: Row = {
        "id": name,
        "run_id": run,
        "trial": key,
        "received": now(),
        "finish_reason": completion.finish_reason,
        "model_returned": completion.model_returned,
        "system_fingerprint": completion.system_fingerprint,
        "input_tokens": completion.usage.input,
        "output_tokens": completion.usage.output,
        "body": json_of(completion),
    }
    return Write("completion", row)


def scorecard_row(run: str, key: str, card: Scorecard, answer: Answer | None) -> Write:
    """Write down a judgement; of several of one trial the last counts."""
    row: Row = {
        "run_id": run,
        "trial": key,
        "judged": now(),
        "status": card.status,
        "total": card.total,
        "body": json_of(card),
        "answer": None if answer is None else json_of(answer),
    }
    return Write("scorecard", row)


def opinion_row(run: str, key: str, call: str, opinion: Opinion | None) -> Write:
    """Write down that a judge is asked about a trial, and its opinion; of several the last counts."""
    body = None if opinion is None else json_of(opinion)
    return Write("opinion", {"run_id": run, "trial": key, "call": call, "asked": now(), "body": body})


class _Asked(BaseModel):
    """The part of a trial that has no columns of its own."""

    api_name: str
    base_url: str
    parameters: Parameters


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _whole(value: object) -> object:
    """Replace halves of characters, which no file can hold."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
        case list() | tuple():
            return [_whole(each) for each in value]
        case _:
            return value
