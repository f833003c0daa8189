"""What is to be reached, and whether it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

OURS = "pytest-llmbench"
FLOORS = ("aiohttp loop", "httpx loop")


class Cell(Protocol):
    """What was measured."""

    @property
    def ideal_s(self) -> float:
        """Seconds at best."""

    @property
    def calls(self) -> int:
        """Calls."""


class Figure(Protocol):
    """A median measurement, in seconds."""

    @property
    def span_s(self) -> float:
        """From the first call to the last result."""

    @property
    def wall_s(self) -> float:
        """The whole process."""

    @property
    def cpu_s(self) -> float:
        """CPU."""


Figures = Mapping[tuple[str, str], Figure]


def report(figures: Figures, cells: Mapping[str, Cell]) -> int:
    """Print a table; give 1 where something was not reached."""
    print("\ntarget                                                     to reach   reached")
    missed = False
    for what, limit, value in _rows(figures, cells):
        good = value <= limit
        missed |= not good
        print(f"{what:<58} {limit:>8.3g} {value:>9.3g}  {'yes' if good else 'NO'}")
    return int(missed)


def _rows(figures: Figures, cells: Mapping[str, Cell]) -> Iterator[tuple[str, float, float]]:
    for name, limit in (("200", 1.10), ("2000", 1.5)):
        if (name, OURS) in figures:
            mine, cell = figures[name, OURS], cells[name]
            yield f"{cell.calls} calls: first call to last result / ideal", limit, mine.span_s / cell.ideal_s
            for (other, who), figure in figures.items():
                if other == name and who not in (OURS, *FLOORS):
                    yield f"{cell.calls} calls: whole wall / {who}", 1, mine.wall_s / figure.wall_s
    if ("2000", OURS) in figures:
        loop = figures["2000", "aiohttp loop"]
        yield "2000 calls: span / aiohttp loop", 1.3, figures["2000", OURS].span_s / loop.span_s
    yield from _judged(figures)
    yield from _cpu(figures, cells)


def _judged(figures: Figures) -> Iterator[tuple[str, float, float]]:
    if ("judged", OURS) not in figures:
        return
    mine = figures["judged", OURS]
    if ("200", OURS) in figures:
        yield "200 calls judged / not judged (span)", 1.4, mine.span_s / figures["200", OURS].span_s
    if ("judged", "inspect") in figures:
        yield "200 calls judged: wall / inspect", 1, mine.wall_s / figures["judged", "inspect"].wall_s


def _cpu(figures: Figures, cells: Mapping[str, Cell]) -> Iterator[tuple[str, float, float]]:
    for name in ("200", "2000"):
        if (name, OURS) in figures:
            mine, loop = figures[name, OURS].cpu_s, figures[name, "aiohttp loop"].cpu_s
            yield f"{name} calls: CPU of the process per call / aiohttp loop", 4, mine / loop
    if ("one", OURS) not in figures:
        return
    for name in ("200", "2000"):
        if (name, OURS) in figures:
            each = {}
            for who in (OURS, "aiohttp loop"):
                more = figures[name, who].cpu_s - figures["one", who].cpu_s
                each[who] = more / (cells[name].calls - 1)
            told = ", ".join(f"{w} {s * 1000:.2f} ms" for w, s in each.items())
            print(f"CPU of one more call, from one to {name}: {told}")
    alone = figures["one", "pytest alone"].cpu_s
    yield "one call: CPU seconds over pytest alone", 0.6, figures["one", OURS].cpu_s - alone
    yield "idle plugin: CPU seconds over pytest alone", 0.03, figures["one", "plugin, idle"].cpu_s - alone
