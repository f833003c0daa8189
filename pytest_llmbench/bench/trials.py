"""From a task and a model to trials: what exactly is asked, sample by sample."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_llmbench.completions.system import SYSTEM
from pytest_llmbench.completions.trial import Parameters, Trial
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.tasks.task import DEFAULT_MAX_TOKENS, Task
from pytest_llmbench.values import Value

if TYPE_CHECKING:
    from pytest_llmbench.opinions.prompt import Question

TEMPERATURE = 0.2


class Selected(Value):
    """A model that is asked, and where. `provider` is None for the embedded model.

    `content` says for an embedded model which one it is: a hash of its file.

    `missing_key` says, where the model cannot be asked for want of a key, which one.
    """

    model: Model
    provider: Provider | None
    missing_key: str | None = None
    content: str = ""


def identified(chosen: Selected, gguf: Path | None) -> Selected:
    """Give a model as it is asked: of an embedded one, the file is known from here on."""
    if not chosen.model.embedded or chosen.content:
        return chosen
    from pytest_llmbench.completions.embedded import hash_gguf

    return chosen.model_copy(update={"content": hash_gguf(gguf)})


class Sampling(Value):
    """How answers are sampled. None leaves a parameter to the model, and then to the default.

    `seed` is the first sample's; each further one adds 1. None sends no seed.
    """

    samples: int = 3
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    system: str | None = None


def make_trials(task: Task, selected: Selected, sampling: Sampling) -> tuple[Trial, ...]:
    """Give the trials of one task by one model, one per sample."""
    return tuple(
        _trial(task.id, task.prompt, selected, sampling, index, task.max_tokens)
        for index in range(sampling.samples)
    )


def plain_trial(test: str, prompt: str, selected: Selected, sampling: Sampling, index: int) -> Trial:
    """Give the trial of a prompt that a plain test asks; the test's id stands in a task's place."""
    return _trial(test, prompt, selected, sampling, index, DEFAULT_MAX_TOKENS)


def opinion_trial(task: str, question: Question, judge: Selected) -> Trial:
    """Give the trial by which a judge is asked; it is the same one wherever the question is.

    A judge is asked to be as steady as it can be. A run's own parameters are for the models that it ranks.
    """
    sampling = Sampling(samples=1, temperature=0.0, system=question.system)
    return _trial(task, question.prompt, judge, sampling, 0, DEFAULT_MAX_TOKENS)


def _trial(
    task: str, prompt: str, selected: Selected, sampling: Sampling, index: int, max_tokens: int
) -> Trial:
    model = selected.model
    parameters = Parameters(
        temperature=_first(sampling.temperature, model.temperature, TEMPERATURE),
        max_tokens=_max_tokens(max_tokens, model, sampling),
        seed=_seed(model, sampling, index),
        extra_body=model.extra_body,
    )
    return Trial(
        task=task,
        model=model.id,
        api_name=model.api_name,
        base_url=selected.content if selected.provider is None else selected.provider.base_url,
        prompt=prompt,
        system=SYSTEM if sampling.system is None else sampling.system,
        parameters=parameters,
        index=index,
    )


def _max_tokens(of_task: int, model: Model, sampling: Sampling) -> int:
    """The command line's, else the model's, else the task's; an embedded model's own is its upper limit."""
    wanted = sampling.max_tokens or (None if model.embedded else model.max_tokens) or of_task
    return min(wanted, model.max_tokens) if model.embedded and model.max_tokens else wanted


def _seed(model: Model, sampling: Sampling, index: int) -> int | None:
    """Another seed per sample. The embedded server is deterministic per seed, so it needs one always."""
    if sampling.seed is None and not model.embedded:
        return None
    return (sampling.seed or 0) + index


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
