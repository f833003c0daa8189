"""The options of a run: one table for the command line and for `[tool.llmbench]`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

Parse = Callable[[str], Any]

STORAGE = "sqlite:///.llmbench/llmbench.db"
"""Where runs are kept unless a user says otherwise; relative to the folder of the command."""


class Option(NamedTuple):
    """One option. `parse` turns its text into a value, or raises `ArgumentTypeError`.

    `bare` is its value where it is given without one.
    `in_toml` says whether it may stand in a configuration file too, under the same name.
    """

    name: str
    help: str
    parse: Parse | None = None
    metavar: str | None = None
    default: Any = None
    repeatable: bool = False
    bare: str | None = None
    in_toml: bool = True

    @property
    def flag(self) -> str:
        """How it is written on the command line."""
        return f"--llm-{self.name}"

    @property
    def dest(self) -> str:
        """The name of the variable that holds its text."""
        return f"llm_{self.key}"

    @property
    def key(self) -> str:
        """How it is written in a configuration file."""
        return self.name.replace("-", "_")


def whole(lowest: int, highest: float = math.inf) -> Parse:
    """Parse a whole number from `lowest` to `highest`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            limits = f"of at least {lowest}" if highest == math.inf else f"from {lowest} to {highest:g}"
            raise argparse.ArgumentTypeError(f"{text!r}: a whole number {limits} is needed")
        return value

    return parse


def number(lowest: float, highest: float = math.inf) -> Parse:
    """Parse a number from `lowest` to `highest`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not lowest <= value <= highest or math.isinf(value):
            limits = f"of at least {lowest:g}" if highest == math.inf else f"from {lowest:g} to {highest:g}"
            raise argparse.ArgumentTypeError(f"{text!r}: a number {limits} is needed")
        return value

    return parse


def pass_mark(text: str) -> float:
    """Parse a pass mark: 0, which passes everything, or a score."""
    value = number(0, 10)(text)
    if 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: 0 (measure only) or a score from 1 to 10 is needed")
    return float(value)


def url(text: str) -> str:
    """Parse the base URL of a server."""
    from pytest_llmbench.models.address import clean_base_url

    return _said(clean_base_url, text)


def variable(text: str) -> str:
    """Parse the name of an environment variable."""
    from pytest_llmbench.models.address import check_variable

    return _said(check_variable, text)


def _said(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def baseline_name(text: str) -> str:
    """Parse a baseline's name."""
    from pytest_llmbench.bench.naming import run_name

    return _said(run_name, text)


def gate_rule(text: str) -> str:
    """Check a rule of the gate; it stays a text, which reaches other processes."""
    from pytest_llmbench.comparison.rules import parse_rule

    return _said(lambda given: str(parse_rule(given)), text)


def axis_weights(text: str) -> dict[str, float]:
    """Parse weights of axes, such as `quality=2,documentation=0`; what is not named weighs 1."""
    from pytest_llmbench.scoring.scorecard import AXES

    weights = dict.fromkeys(map(str, AXES), 1.0)
    for part in text.split(","):
        axis, _, weight = (piece.strip() for piece in part.partition("="))
        if axis not in weights:
            raise argparse.ArgumentTypeError(f"{text!r}: AXIS=N is needed, AXIS one of {', '.join(AXES)}")
        weights[axis] = number(0)(weight)
    if not any(weights.values()):
        raise argparse.ArgumentTypeError(f"{text!r}: one axis at least has to weigh more than 0")
    return weights


_MOST_POINTS = 9
"""From the best score to the worst."""


def rule_points(*, for_cap: bool) -> Parse:
    """Parse points by the names of rules, such as `ruler=0.5,F401=0`; for caps, of groups and such too."""

    def parse(text: str) -> dict[str, float]:
        from pytest_llmbench.scoring.analyzers.rule_names import check_rule

        found: dict[str, float] = {}
        for part in text.split(","):
            rule, equals, points = (piece.strip() for piece in part.partition("="))
            if not rule or not equals:
                raise argparse.ArgumentTypeError(f"{part.strip()!r}: RULE=N is needed")
            if rule in found:
                raise argparse.ArgumentTypeError(f"{rule!r} stands there twice")
            try:
                check_rule(rule, for_cap=for_cap)
                found[rule] = number(0, _MOST_POINTS)(points)
            except ValueError as error:
                raise argparse.ArgumentTypeError(str(error)) from None
            except argparse.ArgumentTypeError as error:
                raise argparse.ArgumentTypeError(f"{rule}={error}") from None
        return found

    return parse


def not_empty(text: str) -> str:
    """Parse a text that may not be empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def allow(text: str) -> str:
    """Parse the one word that lets something pass knowingly."""
    if text != "allow":
        raise argparse.ArgumentTypeError(f"{text!r}: only 'allow' can be said here")
    return text


def run_name(text: str) -> str:
    """Parse the name of a run, and not a path that was meant for the test runner."""
    if not text.strip() or "/" in text or "::" in text or Path(text).exists():
        raise argparse.ArgumentTypeError(f"{text!r}: no run's name; write --llm-regrade=RUN, or 'latest'")
    return text


OPTIONS: tuple[Option, ...] = (
    Option(
        "models",
        "models to ask: ids, globs, or 'all'; repeatable",
        not_empty,
        "A,B",
        repeatable=True,
        in_toml=False,
    ),
    Option("samples", "samples per task and model (3)", whole(1), "N", 3),
    Option("base-url", "ask this OpenAI-compatible server for every model", url, "URL"),
    Option("api-key-env", "environment variable with the key for --llm-base-url", variable, "NAME"),
    Option("temperature", "sampling temperature (0.2)", number(0, 2), "T"),
    Option("max-tokens", "output tokens per answer (the task's and the model's)", whole(1), "N"),
    Option("seed", "seed of the first sample; each further one adds 1 (none)", whole(0), "N"),
    Option("system", "system message (a terse senior backend engineer)", None, "TEXT"),
    Option("concurrency", "connections per provider (16)", whole(1), "N", 16),
    Option("timeout", "seconds of silence on a connection (60)", number(0.001), "S", 60.0),
    Option("retries", "repeats of a call that failed in a way that may pass (4)", whole(0), "N", 4),
    Option("pass-mark", "score below which an item fails, 0 to only measure (6.5)", pass_mark, "N", 6.5),
    Option("weights", "weights of the axes in the total (1 for each)", axis_weights, "AXIS=N,..."),
    Option(
        "caps",
        "points that a rule, or a group of rules, costs at most in an answer",
        rule_points(for_cap=True),
        "RULE=N,...",
    ),
    Option("costs", "points that one finding of a rule costs", rule_points(for_cap=False), "RULE=N,..."),
    Option("report", "HTML report (llmbench-report.html)", not_empty, "PATH", "llmbench-report.html"),
    Option("json", "JSON file", not_empty, "PATH"),
    Option("budget", "USD that the run may cost at most, in-flight calls included", number(0), "USD"),
    Option("budget-unknown", "'allow' models of unknown price beside a budget", allow, "allow"),
    Option(
        "regrade",
        "judge the answers of a run again, at no cost (latest)",
        run_name,
        "RUN",
        bare="latest",
        in_toml=False,
    ),
    Option("replay", "take the answers from an exported run, at no cost", not_empty, "FILE", in_toml=False),
    Option("resume", "go on with the latest run: use the answers that it has", in_toml=False),
    Option("dry-run", "say what would be asked, and what it may cost at most; ask nothing", in_toml=False),
    Option("storage", "where runs are kept (sqlite:///.llmbench/llmbench.db)", not_empty, "URL", STORAGE),
    Option("markdown", "Markdown summary", not_empty, "PATH"),
    Option("csv", "CSV file, a row per sample", not_empty, "PATH"),
    Option("save", "keep this run as a baseline of that name", baseline_name, "NAME", in_toml=False),
    Option("autosave", "keep this run as a baseline that is named by its time", in_toml=False),
    Option(
        "compare",
        "compare with an earlier run: a baseline's name, a run's id, latest, or a JSON file",
        not_empty,
        "RUN",
    ),
    Option(
        "compare-fail",
        "fail on a loss this large that is not chance, such as score:0.5 or flatten/score:1; repeatable",
        gate_rule,
        "EXPR",
        repeatable=True,
    ),
    Option("inconclusive", "exit code where that gate cannot tell (6)", whole(0, 255), "N", 6),
    Option("gguf", "GGUF file for the embedded model's server", not_empty, "PATH"),
    Option("judge", "a model that gives its opinion on answers, beside the score", not_empty, "MODEL"),
    Option("lint", "without models: look for what each task's proof does not show", in_toml=False),
    Option("allow-unsafe", "run without a sandbox where none works, knowingly", in_toml=False),
)

TOML_KEYS = tuple(option.key for option in OPTIONS if option.in_toml)
"""The options that may stand in a configuration file."""
