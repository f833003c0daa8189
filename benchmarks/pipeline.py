"""How fast a run is, side by side with others: calls in flight, CPU per call, judging alongside, start-up.

    python benchmarks/pipeline.py                                  # all, five interleaved rounds
    python benchmarks/pipeline.py --rounds=1 --cells=200 --peers=none

All ask one server on loopback that answers each call after the same time. Peers are installed once, each
into an environment of its own (`--envs`), and so is this package, anew each time. "span" is from the first
call to the last result, "wall" is the whole process; both are shown over the ideal, which is calls / at once
x latency. CPU is that of the process and its children. Medians come first, then the raw figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent / "pipeline"
sys.path.insert(0, str(HERE))

from contenders import (  # noqa: E402
    PEERS,
    Contender,
    bare_pytest,
    floors,
    idle_pytest,
    ours,
    own_python,
    peer,
)
from targets import report  # noqa: E402


@dataclass(frozen=True)
class Cell:
    """One thing to measure: so many calls of that latency in seconds, so many at once."""

    name: str
    calls: int
    latency_s: float
    at_once: int
    judge: bool = False

    @property
    def ideal_s(self) -> float:
        """Seconds that the calls take where nothing else does."""
        return -(-self.calls // self.at_once) * self.latency_s


CELLS = {
    "200": Cell("200", 200, 1.0, 50),
    "2000": Cell("2000", 2000, 0.5, 500),
    "judged": Cell("judged", 200, 1.0, 50, judge=True),
    "one": Cell("one", 1, 0.0, 1),
}


@dataclass(frozen=True)
class Figure:
    """One measurement, in seconds. `calls` and `most` are what the server saw."""

    span_s: float
    wall_s: float
    cpu_s: float
    calls: int
    most: int


def main() -> int:
    """Measure, and print."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--peers", default=",".join(PEERS), help="names with commas between, or none")
    parser.add_argument("--envs", type=Path, default=Path(tempfile.gettempdir()) / "llmbench-peers")
    parser.add_argument("--stream", action="store_true", help="ask for streams; leaves promptfoo out")
    options = parser.parse_args()
    cells = [CELLS[name] for name in options.cells.split(",")]
    names = [] if options.peers == "none" else options.peers.split(",")
    peers = [peer(name, options.envs) for name in names if not (options.stream and name == "promptfoo")]
    python = own_python(options.envs)
    figures: dict[tuple[str, str], list[Figure]] = {}
    with serving() as url, tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds + 1):
            for cell in cells:
                for who in _contenders(cell, peers, number, python):
                    figure = _measure(who, cell, url, Path(folder), stream=options.stream)
                    # The round before the first one warms caches: proofs, compiled modules, the disk.
                    if number:
                        figures.setdefault((cell.name, who.name), []).append(figure)
                        _tell(number, cell, who, figure)
    for cell in cells:
        _table(cell, figures)
    return report({key: _middle(found) for key, found in figures.items()}, CELLS)


def _contenders(cell: Cell, peers: Sequence[Contender], number: int, python: str) -> list[Contender]:
    """Who is measured in a cell, beginning with another one in each round."""
    if cell.name == "one":
        found = [ours(python), *floors(python)[:1], bare_pytest(python), idle_pytest(python)]
    elif cell.judge:
        found = [ours(python), *(p for p in peers if p.judges)]
    else:
        found = [ours(python), *floors(python), *peers]
    turn = number % len(found)
    return found[turn:] + found[:turn]


@contextmanager
def serving() -> Iterator[str]:
    """Run the server, and give its address."""
    command = [sys.executable, str(HERE / "server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def _measure(who: Contender, cell: Cell, url: str, folder: Path, *, stream: bool) -> Figure:
    _get(f"{url}/begin?latency={cell.latency_s}&code={int(cell.judge)}")
    place = folder / f"{cell.name}-{who.name}"
    place.mkdir(exist_ok=True)
    ended = place / "ended"
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {
        "BENCH_URL": f"{url}/v1",
        "BENCH_CALLS": str(cell.calls),
        "BENCH_AT_ONCE": str(cell.at_once),
        "BENCH_JUDGE": str(int(cell.judge)),
        "BENCH_STREAM": str(int(stream)),
        "BENCH_ENDED": str(ended),
        "PYTHONPATH": str(HERE),
        **who.environ,
    }
    command = who.command(place, cell.calls, cell.at_once, f"{url}/v1", stream)
    ended.unlink(missing_ok=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=place, env=environ, check=False, capture_output=True, text=True)
    wall_s, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = _get(f"{url}/seen")
    if not ended.exists() or seen["calls"] != (cell.calls if who.calls else 0):
        said = done.stdout[-3000:] + done.stderr[-3000:]
        sys.exit(f"{who.name}: {seen['calls']} calls of {cell.calls}\n{said}")
    span_s = float(ended.read_text()) - seen["first"] if seen["first"] else 0.0
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figure(span_s, wall_s, cpu_s, int(seen["calls"]), int(seen["most"]))


def _get(url: str) -> dict[str, float]:
    with urllib.request.urlopen(url) as answer:
        found: dict[str, float] = json.load(answer)
        return found


def _middle(found: list[Figure]) -> Figure:
    return Figure(
        median(f.span_s for f in found),
        median(f.wall_s for f in found),
        median(f.cpu_s for f in found),
        found[0].calls,
        max(f.most for f in found),
    )


def _tell(number: int, cell: Cell, who: Contender, figure: Figure) -> None:
    text = f"span {figure.span_s:.2f} wall {figure.wall_s:.2f} cpu {figure.cpu_s:.2f} most {figure.most}"
    print(f"round {number} {cell.name:<7} {who.name:<15} {text}", flush=True)


def _table(cell: Cell, figures: dict[tuple[str, str], list[Figure]]) -> None:
    print(f"\n{cell.name}: {cell.calls} calls of {cell.latency_s:g} s, {cell.at_once} at once")
    print(f"{'':<16}{'span/ideal':>11}{'wall/ideal':>11}{'wall s':>8}{'cpu s':>8}   raw walls")
    ideal = cell.ideal_s
    for (name, who), found in figures.items():
        if name != cell.name:
            continue
        middle, raw = _middle(found), " ".join(f"{f.wall_s:.2f}" for f in found)
        ratios = f"{middle.span_s / ideal:>11.2f}{middle.wall_s / ideal:>11.2f}" if ideal else f"{'':>22}"
        print(f"{who:<16}{ratios}{middle.wall_s:>8.2f}{middle.cpu_s:>8.2f}   {raw}")


if __name__ == "__main__":
    sys.exit(main())
