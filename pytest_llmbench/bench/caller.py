"""Calls the models of a run, each where it is; starts the embedded model's server when it is among them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from pytest_llmbench.bench.trials import Selected
from pytest_llmbench.completions.client import ChatClient, Timeouts
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.ledger import Ledger
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Provider


class ModelCaller:
    """Implements `Caller` for the models of a run.

    Args:
        selected: The models by id.
        environ: Where keys and proxies are looked up.
        concurrency: Requests in flight per provider.
        timeout_s: Seconds of silence on a connection.
        retries: Repeats of a call that may go better.
        gguf: A file for the embedded model's server, instead of the model's own.
        ledger: Told of each attempt before it is made.
        judge: Who is asked for opinions; what is found out about it says nothing of the models.
    """

    def __init__(
        self,
        selected: Mapping[str, Selected],
        *,
        environ: Mapping[str, str],
        concurrency: int,
        timeout_s: float,
        retries: int,
        gguf: Path | None = None,
        ledger: Ledger | None = None,
        judge: Selected | None = None,
    ) -> None:
        self._selected = selected
        self._environ = environ
        self._limits = ConnectionLimits(concurrency)
        self._timeouts = Timeouts(silence_s=timeout_s)
        self._retry = RetryPolicy(retries=retries)
        self._gguf = gguf
        self._ledger = ledger
        self._open = AsyncExitStack()
        self._embedded: Provider | None = None
        self._judge = judge
        self._client: ChatClient | None = None
        self._for_opinions: ChatClient | None = None

    async def __aenter__(self) -> Self:
        """Open connections, and start the embedded server if a model needs it.

        Raises:
            UsageError: What the embedded model needs is not installed.
        """
        async with AsyncExitStack() as stack:
            everybody = [*self._selected.values(), *([self._judge] if self._judge else [])]
            if any(chosen.model.embedded for chosen in everybody):
                from pytest_llmbench.completions.embedded import EmbeddedServer

                server = await stack.enter_async_context(EmbeddedServer(gguf=self._gguf))
                self._embedded = server.provider
            transport = await stack.enter_async_context(make_transport(self._environ))
            self._client, self._for_opinions = (
                ChatClient(
                    transport,
                    self._environ,
                    limits=self._limits,
                    retry=self._retry,
                    timeouts=self._timeouts,
                    ledger=self._ledger,
                )
                for _ in range(2)
            )
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close connections, and end the server."""
        await self._open.aclose()

    async def stop(self) -> None:
        """Send nothing more; requests in flight finish."""
        for client in (self._client, self._for_opinions):
            if client is not None:
                client.stop()

    async def complete(self, trial: Trial) -> Completion | ApiFailure:
        """Make a trial's call."""
        return await self._complete(trial, self._selected[trial.model], self._client)

    async def opine(self, trial: Trial) -> Completion | ApiFailure:
        """Make a call to the judge."""
        assert self._judge is not None, "asked only where there is one"  # noqa: S101 - a bug, not a condition
        return await self._complete(trial, self._judge, self._for_opinions)

    async def _complete(
        self, trial: Trial, chosen: Selected, client: ChatClient | None
    ) -> Completion | ApiFailure:
        if chosen.missing_key is not None:
            return ApiFailure(kind="authentication", message=chosen.missing_key, attempts=0, fatal=True)
        provider = chosen.provider or self._embedded
        assert provider is not None, "entered first"  # noqa: S101 - a bug, not a condition
        assert client is not None, "entered first"  # noqa: S101
        return await client.complete(trial, provider, chosen.model.headers)
