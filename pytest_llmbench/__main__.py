"""`python -m pytest_llmbench`: what is useful outside of a test run."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pytest_llmbench.commands.runs_arguments import add_runs
from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.terminal import Line, Look
from pytest_llmbench.tasks.language import LANGUAGES

LOOKS: dict[Look, str] = {"plain": "", "strong": "1", "gold": "33", "faint": "2"}
"""The terminal's codes for a line's look."""

USAGE_ERROR = 4
"""The exit code of a user's mistake, as pytest has it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and give its exit code; a user's mistake is one clear line on standard error."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except UsageError as error:
        print(f"ERROR: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return USAGE_ERROR
    except BrokenPipeError:
        # Whoever read the output has seen enough, as `head` does; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m pytest_llmbench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    models = commands.add_parser(
        "models", help="list the known models, their prices and whether the key is set"
    )
    models.add_argument("--check", action="store_true", help="ask each provider which models it has")
    models.set_defaults(run=_models)
    new = commands.add_parser("new", help="write a task that proves itself, to be edited")
    new.add_argument("name", metavar="NAME", help="the task's id, a Python identifier")
    new.add_argument("--language", default="python", help="python, javascript, typescript or go (python)")
    new.set_defaults(run=_new)
    found = commands.add_parser("doctor", help="show which sandbox and toolchains this machine has")
    found.add_argument(
        "--warm",
        nargs="*",
        choices=LANGUAGES,
        metavar="LANGUAGE",
        help="make toolchains ready first, of all languages or of those named: packages, compiler caches",
    )
    found.set_defaults(run=_doctor)
    _add_compare(commands)
    kept = commands.add_parser("runs", help="list, show, export, import and delete the runs that are kept")
    add_runs(kept)
    kept.set_defaults(run=_runs)
    schema = commands.add_parser("schema", help="print the JSON schema of a run's JSON file")
    schema.set_defaults(run=_schema)
    _add_report(commands)
    return parser


def _add_report(commands: argparse._SubParsersAction[_Parser]) -> None:
    drawn = commands.add_parser("report", help="draw the report of a run again, or of several together")
    drawn.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's JSON file, or the id or name of a run that is kept"
    )
    drawn.add_argument(
        "--llm-storage", metavar="URL", help="where runs are kept, if not where it is configured"
    )
    for kind, what in (("html", "the HTML report"), ("csv", "a row per sample"), ("json", "all of it"),
                       ("markdown", "the leaderboard")):  # fmt: skip
        drawn.add_argument(f"--{kind}", type=Path, metavar="PATH", help=f"write {what}")
    drawn.add_argument("--baseline", metavar="RUN", help="show what changed since this run")
    drawn.set_defaults(run=_report)


def _add_compare(commands: argparse._SubParsersAction[_Parser]) -> None:
    compared = commands.add_parser(
        "compare", help="say what changed between two runs, and hold it against a gate"
    )
    compared.add_argument("before", metavar="A", help="the earlier run: a name, an id, latest, a JSON file")
    compared.add_argument("after", metavar="B", help="the later run, likewise")
    compared.add_argument(
        "--fail",
        action="append",
        default=[],
        metavar="EXPR",
        help="end with 1 on a loss this large that is not chance, such as score:0.5; repeatable",
    )
    compared.add_argument("--markdown", type=Path, metavar="PATH", help="write a summary in Markdown")
    compared.add_argument(
        "--inconclusive", type=int, default=6, metavar="N", help="exit code where the gate cannot tell (6)"
    )
    compared.add_argument("--llm-storage", metavar="URL", help="where runs are kept")
    compared.set_defaults(run=_compare)


class _Parser(argparse.ArgumentParser):
    """Ends with pytest's exit code for a user's mistake, not with argparse's."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"ERROR: {message}\n")


def _models(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.models import list_models

    return list_models(Path.cwd(), os.environ, check=given.check, say=_say)


def _new(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.new import new_task

    for path in new_task(given.name, given.language, Path.cwd()):
        _say(str(path))
    _say(f"\nProve it:     pytest {given.name}")
    _say(f"Ask a model:  pytest {given.name} --llm-models=smollm2-135m --llm-pass-mark=0")
    return 0


def _doctor(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.doctor import doctor

    # Without the option None, with the option alone an empty list.
    warm = () if given.warm is None else given.warm or LANGUAGES
    return doctor(os.environ, _say, warm)


def _schema(_: argparse.Namespace) -> int:
    from pytest_llmbench.report.schema import run_schema

    _say(run_schema().rstrip("\n"))
    return 0


def _compare(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.compare import compare_runs
    from pytest_llmbench.commands.loading import loader

    return compare_runs(
        given.before,
        given.after,
        fail=given.fail,
        markdown=given.markdown,
        inconclusive=given.inconclusive,
        environ=os.environ,
        say=_say,
        load=loader(Path.cwd(), given.llm_storage),
    )


def _runs(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.runs import runs

    return runs(given, Path.cwd(), _say)


def _report(given: argparse.Namespace) -> int:
    from pytest_llmbench.commands.loading import loader
    from pytest_llmbench.commands.report import WRITERS, draw_report

    return draw_report(
        given.runs,
        {kind: path for kind in WRITERS if (path := getattr(given, kind)) is not None},
        baseline=given.baseline,
        load=loader(Path.cwd(), given.llm_storage, history=True),
        width=shutil.get_terminal_size().columns,
        say=_show,
    )


def _show(line: Line) -> None:
    """Print a line, with its look where the output is a terminal that wants colours."""
    code = LOOKS[line.look] if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ""
    _say(f"\x1b[{code}m{line.text}\x1b[0m" if code else line.text)


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a command's output


if __name__ == "__main__":
    sys.exit(main())
