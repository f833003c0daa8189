"""The `llm` fixture: one model for a plain test, which may use all of pytest's fixtures."""

from __future__ import annotations

import asyncio
from itertools import count

from pytest_llmbench.bench.trials import Sampling
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.errors import ProviderError
from pytest_llmbench.models.model import Model
from pytest_llmbench.plugin.handover import CallWanted
from pytest_llmbench.plugin.state import State


class Llm:
    """One model, to be asked by a test.

    Args:
        state: The session's state.
        model: The model.
        test: The test's id.
    """

    def __init__(self, state: State, model: Model, test: str) -> None:
        self._state = state
        self._test = test
        self._indices = count()
        self.model = model

    async def ask(
        self,
        prompt: str,
        *,
        system: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> Completion:
        """Ask for a completion; what is left out is as the command line has it.

        Args:
            prompt: The user's message.
            system: The system message.
            temperature: The sampling temperature.
            max_tokens: The limit of output tokens.

        Returns:
            The completion: its text, usage, timings, and the name of the model that really answered.

        Raises:
            ProviderError: There is none; the text says what the provider said.
        """
        given = {"system": system, "temperature": temperature, "max_tokens": max_tokens}
        sampling: Sampling = self._state.settings.sampling.model_copy(
            update={key: value for key, value in given.items() if value is not None}
        )
        wanted = CallWanted(
            model=self.model.id, prompt=prompt, index=next(self._indices), sampling=sampling, test=self._test
        )
        reply = await asyncio.wrap_future(self._state.ask(wanted))
        if isinstance(reply, ApiFailure):
            raise ProviderError(reply.message)
        return reply
