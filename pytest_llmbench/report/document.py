"""The run document: the one value that every report is drawn from, and the JSON file that users keep.

Unknown numbers are null, never 0. More keys may be added; those that are here stay. Reading ignores
keys that it does not know, so that a newer version's file can still be read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.scoring.scorecard import AxisScores, Check, Finding, Status

SCHEMA_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RunPart(_Part):
    """The run as a whole.

    `duration_s` is seconds, `sandbox` the level of isolation, `pass_mark` 1 to 10, or 0 for none.
    """

    id: str
    started: datetime
    duration_s: float
    sandbox: str
    samples: int
    versions: dict[str, str]
    pass_mark: float = 0.0
    weights: dict[str, float] = Field(default={}, description="weights of the axes; 1 where none is given")
    caps: dict[str, float] = Field(
        default={},
        description="points that rules, or groups of rules, cost at most where the suite sets that",
    )
    costs: dict[str, float] = Field(
        default={}, description="points that a finding of a rule costs where the suite sets that"
    )
    command: str = ""
    origin: str = Field(default="", description="where answers come from that were not asked for in this run")


class TaskPart(_Part):
    """A task as it was asked."""

    id: str
    title: str
    language: str
    suite: str
    hash: str
    tags: tuple[str, ...] = ()
    prompt: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Its name. Where two suites of a run share an id, the document has the suite's name before it."""
        return self.suite, self.id.removeprefix(f"{self.suite}/")


class ModelPart(_Part):
    """A model's line of the leaderboard.

    `score` is the mean over tasks of the task scores, `interval` its 95 % interval, `value` score /
    output price in USD per million tokens, `cost_usd` what the run's output cost (and its input, where
    `price_input` is known), `score_per_usd` score / `cost_usd`. `rank` is None for a model that lacks a
    task's score; `unranked` says why.
    """

    id: str
    title: str
    vendor: str
    category: str
    price_output: float | None
    price_input: float | None = None
    router: bool = False
    score: float | None
    interval: tuple[float, float] | None
    axes: AxisScores
    value: float | None
    best_value: bool = False
    cost_usd: float | None
    score_per_usd: float | None
    latency_s: float | None = Field(default=None, description="median seconds of a call")
    tokens_per_s: float | None = Field(default=None, description="median output tokens per second of a call")
    rank: int | None
    unranked: str | None = None
    truncated: int = 0
    errors: int
    no_code: int = 0
    embedded: bool = False
    judged: int = Field(default=0, description="samples that the score is made of")
    expected: int = Field(default=0, description="samples that were asked for, over all tasks")
    returned: dict[str, int] = Field(default={}, description="model names in the replies, with their number")
    spread: tuple[float, float] | None = Field(
        default=None, description="lowest and highest total of a sample"
    )
    opinion: float | None = Field(
        default=None, description="mean over tasks of a judge's median total; no part of the score"
    )


class UsagePart(_Part):
    """Tokens of one call."""

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None


class AnswerPart(_Part):
    """The code that was judged and how it was found.

    `reply` is the message as the model gave it, `prose` what of it is neither code nor reasoning.
    """

    code: str | None = None
    found: str = "none"
    notes: tuple[str, ...] = ()
    reply: str = ""
    prose: str = ""
    reasoning: str | None = None


class AskedPart(_Part):
    """What was asked beside the prompt."""

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    system: str = ""
    extra_body: dict[str, JsonValue] = {}


class SamplePart(_Part):
    """One trial, judged or not. Times are seconds.

    `request` is what was sent beside the messages, `adapted` names what was changed in it because the
    server refused it. `judge_s` is the time that judging took.
    """

    index: int
    status: Status
    total: float | None
    axes: AxisScores
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: str | None = None
    finish_reason: str | None = None
    model_returned: str | None = None
    cost_usd: float | None = None
    usage: UsagePart = UsagePart()
    latency_s: float | None = None
    first_token_s: float | None = None
    judge_s: float | None = None
    attempts: int | None = None
    provider_returned: str | None = None
    request: dict[str, JsonValue] = {}
    adapted: tuple[str, ...] = ()
    answer: AnswerPart = AnswerPart()
    system_fingerprint: str | None = None
    asked: AskedPart | None = None
    opinion: Opinion | None = Field(default=None, description="a judge's, no part of any score")


class ResultPart(_Part):
    """What one model made of one task.

    `score` is the median total of the judged samples, `axes` the medians per axis.
    """

    task: str
    model: str
    score: float | None
    axes: AxisScores
    note: str
    winner: bool = False
    samples: tuple[SamplePart, ...]


class ChangePart(_Part):
    """How a model's score moved from a baseline to this run.

    `difference` is the 95 % interval of the score less the baseline's on the tasks that both have. `sure`
    says whether it leaves out 0; None where too little is known to say.
    """

    model: str
    before: float | None
    after: float | None
    difference: tuple[float, float] | None = None
    sure: bool | None = None


class AgreementPart(_Part):
    """How a judge's opinions go with our scores, over the samples that have both.

    `difference` is the mean of their absolute differences, `bias` the mean of opinion less score,
    `correlation` Spearman's, None where there are too few of them or all are alike.
    """

    samples: int
    difference: float | None = None
    bias: float | None = None
    correlation: float | None = None


class JudgePart(_Part):
    """A language model that was asked for opinions. They are in no score, their cost is in no other cost.

    `wanted` is how many samples it was asked about, `given` how many opinions it gave; `invalid` replies
    held none, `failed` calls brought no reply. `prompt` names the words that it was asked by, `ranked` says
    whether it was asked about answers of its own. `agreement` has the totals and each axis.
    """

    id: str
    prompt: str = ""
    wanted: int
    given: int
    invalid: int = 0
    failed: int = 0
    cost_usd: float | None = None
    input_priced: bool = Field(default=False, description="whether the cost of what was sent is in it")
    ranked: bool = False
    agreement: dict[str, AgreementPart] = {}


class BaselinePart(_Part):
    """The run that this one was compared with. `tasks` are those that both have."""

    name: str
    run: str
    started: datetime | None = None
    tasks: tuple[str, ...] = ()
    changes: tuple[ChangePart, ...] = ()


class PastScore(_Part):
    """A model's score in an earlier run."""

    model: str
    score: float
    interval: tuple[float, float] | None = None


class PastRun(_Part):
    """An earlier run of the same tasks. `name` is empty where nobody named it."""

    run: str
    started: datetime
    name: str = ""
    scores: tuple[PastScore, ...] = ()


class RunDocument(_Part):
    """All of one run. `baseline` and `history` are there where it was set beside earlier runs.

    `judges` are there where opinions were asked for: one, but of several runs together.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    run: RunPart
    tasks: tuple[TaskPart, ...]
    models: tuple[ModelPart, ...]
    results: tuple[ResultPart, ...]
    judges: tuple[JudgePart, ...] = ()
    baseline: BaselinePart | None = None
    history: tuple[PastRun, ...] = ()

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
