"""What a client finds out about servers during a run, so that it is found out once and not per trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from pytest_llmbench.completions.completion import ApiFailure


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes: to which address and model, and with what it proves who it is."""

    base_url: str
    api_name: str
    secrets: tuple[str | None, ...] = field(repr=False)


_Scope = tuple[str, str | tuple[str | None, ...]]
"""An address, and a model or an account there."""


class Memory:
    """The findings; used on one event loop."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], frozenset[str]] = {}
        self._in_one_piece: set[tuple[str, str]] = set()
        self._failures: dict[_Scope, ApiFailure] = {}

    def refused(self, place: Place) -> frozenset[str]:
        """Give the parameters that are known not to be taken there."""
        return self._refused.get(_model(place), frozenset())

    def learn_refused(self, place: Place, names: frozenset[str]) -> None:
        """Keep the parameters without which a call was answered."""
        if names:
            self._refused[_model(place)] = self.refused(place) | names

    def answers_in_one_piece(self, place: Place) -> bool:
        """Whether it is known that no stream comes from there."""
        return _model(place) in self._in_one_piece or "stream" in self.refused(place)

    def learn_in_one_piece(self, place: Place) -> None:
        """Keep that a stream was asked for there, and a whole answer came."""
        self._in_one_piece.add(_model(place))

    def failure(self, place: Place) -> ApiFailure | None:
        """Give the failure that any call to that place would meet again."""
        return self._failures.get(_account(place)) or self._failures.get(_model(place))

    def learn_failure(self, place: Place, failure: ApiFailure) -> None:
        """Keep a failure if it says something of all further calls.

        A refused key (401) and a used-up quota are the account's. 403 and 404 are the model's: a key
        may be good for some models alone. Any other failure is left to the call that meets it, also
        a fatal one: a server may answer nonsense once.
        """
        if not failure.fatal:
            return
        if failure.kind == "quota":
            self._failures.setdefault(_account(place), failure)
        elif failure.kind == "authentication":
            forbidden = failure.status_code == HTTPStatus.FORBIDDEN
            self._failures.setdefault(_model(place) if forbidden else _account(place), failure)
        elif failure.kind == "not_found":
            self._failures.setdefault(_model(place), failure)


def _model(place: Place) -> tuple[str, str]:
    return place.base_url, place.api_name


def _account(place: Place) -> tuple[str, tuple[str | None, ...]]:
    return place.base_url, place.secrets
