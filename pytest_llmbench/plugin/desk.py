"""Where the leader of a team answers what the other workers ask; called in a thread per request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from pytest_llmbench.completions.completion import ApiFailure
from pytest_llmbench.errors import LlmBenchError
from pytest_llmbench.plugin.handover import REQUESTS, CallWanted, Handed, ItemWanted, Reply, Request

if TYPE_CHECKING:
    from pytest_llmbench.plugin.items import ModelItem
    from pytest_llmbench.plugin.state import State


class Desk:
    """Answers requests.

    Args:
        state: The leader's state.
        items: Gives the items by their ids: the same ones in all workers.
    """

    def __init__(self, state: State, items: Callable[[], Mapping[str, ModelItem]]) -> None:
        self._state = state
        self._items = items

    def answer(self, line: str) -> str:
        """Answer a request, both in JSON. Whatever goes wrong is told to whoever has asked."""
        # It imports the database's library, which a leader has in any case.
        from pytest_llmbench.storage.records import json_of

        try:
            reply = self._reply(REQUESTS.validate_json(line))
        except CancelledError:
            reply = Reply(stopped=True)
        except LlmBenchError as error:
            reply = Reply(error=str(error))
        except Exception as error:  # noqa: BLE001 - else the one who has asked would ask for ever
            reply = Reply(error=f"{type(error).__name__}: {error}")
        return json_of(reply)

    def _reply(self, request: Request) -> Reply:
        match request:
            case ItemWanted():
                return self._item(self._items()[request.item])
            case CallWanted():
                return self._call(request)
            case _:
                self._state.stop_scheduling()
                return Reply()

    def _item(self, item: ModelItem) -> Reply:
        outcomes, rejudged = self._state.results(item)
        handed = tuple(Handed.of(outcome) for outcome in outcomes)
        return Reply(samples=handed, rejudged=rejudged, sandbox=self._state.sandbox_level)

    def _call(self, wanted: CallWanted) -> Reply:
        found = self._state.ask(wanted).result()
        if isinstance(found, ApiFailure):
            return Reply(failure=found)
        return Reply(completion=found)
