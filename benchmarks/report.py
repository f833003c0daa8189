"""What a report costs: to write, on disk and in a browser, for 20, 1,000 and 20,000 answers.

Run it by `python benchmarks/report.py [ANSWERS...]`. The answers are made up, no two alike (see
`tests/support/made_up_runs.py`). The browser is the distribution's Chromium, a new one for each file; the
first paint and the loaded page are by its own clock, from the start of the navigation; memory is the page's
JavaScript heap after opening one answer, and what the writer's process grew by beyond the run itself.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from chromium import running_chromium, wait_until
from made_up_runs import large

from pytest_llmbench.report.html import write_html

SHAPES = {20: (2, 5, 2), 1_000: (10, 20, 5), 20_000: (10, 200, 10)}
"""Models, tasks and samples for a number of answers."""
MOST_MB = 25.0
MOST_PAINT_MS = 2000.0
PAINT = (
    "performance.getEntriesByType('paint').find((each) => each.name === 'first-contentful-paint').startTime"
)
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main(arguments: list[str]) -> int:
    """Print a line per size; 1 where one is too large or paints too late."""
    if arguments[:1] == ["--write"]:
        return _write(Path(arguments[1]), int(arguments[2]))
    missed = False
    heads = ("answers", "written in", "grew by", "file", "paint", "loaded", "answer", "heap")
    print("".join(f"{head:>11}" for head in heads))
    for answers in [int(text) for text in arguments] or list(SHAPES):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report.html"
            seconds, grown = _written(path, answers)
            size = path.stat().st_size / 1e6
            paint, loaded, answer, heap = _opened(path)
        missed |= size > MOST_MB or paint > MOST_PAINT_MS
        times = (f"{each:.0f} ms" for each in (paint, loaded, answer))
        cells = (
            f"{answers:,}",
            f"{seconds:.1f} s",
            f"{grown:.0f} MB",
            f"{size:.1f} MB",
            *times,
            f"{heap:.0f} MB",
        )
        print("".join(f"{cell:>11}" for cell in cells), flush=True)
    return int(missed)


def _written(path: Path, answers: int) -> tuple[float, float]:
    """Write a report in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--write", str(path), str(answers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, grown = done.stdout.split()
    return float(seconds), float(grown)


def _write(path: Path, answers: int) -> int:
    document = large(*SHAPES[answers])
    before, began = _memory(), time.process_time()
    write_html(path, document)
    print(time.process_time() - began, _memory() - before)
    return 0


def _memory() -> float:
    """The most that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _opened(path: Path) -> tuple[float, float, float, float]:
    with running_chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri(), wait_until="load")
        wait_until(page, f"{LOADED} > 0")
        paint, loaded = page.evaluate(PAINT), page.evaluate(LOADED)
        began = time.perf_counter()
        page.locator("#matrix td.cell a").last.evaluate("link => link.click()")
        page.wait_for_selector("article.sample", state="attached")
        answer = (time.perf_counter() - began) * 1000
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    return paint, loaded, answer, heap


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
