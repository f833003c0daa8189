"""Judges kept replies by today's task, tools and rules, at no cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.scorecard import Status
from pytest_llmbench.tasks.task import Task

Judged = tuple[Answer, Evaluation]

_AS_THEY_ARE: frozenset[Status] = frozenset({"refused", "api_error", "skipped_budget", "storage_error"})
"""What has no reply that could be judged."""


@dataclass(frozen=True)
class Rejudging:
    """Samples that are being judged again; a sample without a future stays as it is."""

    samples: tuple[tuple[SamplePart, Future[Judged] | None], ...]

    @classmethod
    def start(cls, judging: JudgingSide, task: Task, samples: Sequence[SamplePart]) -> Rejudging:
        """Start judging."""
        return cls(tuple((sample, _started(judging, task, sample)) for sample in samples))

    def results(self, wait: Callable[[Future[Judged]], Judged]) -> tuple[SamplePart, ...]:
        """Wait for all samples, by the given way of waiting."""
        return tuple(
            sample if future is None else _again(sample, *wait(future)) for sample, future in self.samples
        )


def _started(judging: JudgingSide, task: Task, sample: SamplePart) -> Future[Judged] | None:
    if sample.status in _AS_THEY_ARE:
        return None
    answer = sample.answer
    reply = Completion(text=answer.reply, reasoning=answer.reasoning, finish_reason=sample.finish_reason)
    return judging.judge_reply(task, reply)


def _again(sample: SamplePart, answer: Answer, evaluation: Evaluation) -> SamplePart:
    card = evaluation.scorecard
    return sample.model_copy(
        update={
            "status": card.status,
            "total": card.total,
            "axes": card.axes,
            "checks": card.checks,
            "findings": card.findings,
            "error": card.error,
            "answer": sample.answer.model_copy(
                update={"code": answer.code, "found": answer.found, "notes": answer.notes}
            ),
        }
    )
