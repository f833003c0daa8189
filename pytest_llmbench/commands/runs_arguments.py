"""The command line of `python -m pytest_llmbench runs`; apart, since every command makes the whole parser."""

from __future__ import annotations

import argparse

from pytest_llmbench.bench.options import STORAGE

_RUN_HELP = "an id, the beginning of one, a baseline's name, or 'latest'"


def add_runs(commands: argparse.ArgumentParser) -> None:
    """Add the commands below `runs`."""
    below = commands.add_subparsers(required=True, metavar="ACTION", parser_class=type(commands))
    below.add_parser("list", help="list all runs, the latest first").set_defaults(action="list")
    show = below.add_parser("show", help="show a run's leaderboard, and what it was made with")
    show.add_argument("name", metavar="RUN", nargs="?", default="latest", help=f"{_RUN_HELP} (latest)")
    show.set_defaults(action="show")
    export = below.add_parser("export", help="write a run to one JSON file")
    export.add_argument("name", metavar="RUN", help=_RUN_HELP)
    export.add_argument("file", metavar="FILE", nargs="?", help="where to (llmbench-run-ID.json)")
    export.set_defaults(action="export")
    taken = below.add_parser("import", help="take in an exported run, or a rescue file")
    taken.add_argument("files", metavar="FILE", nargs="+")
    taken.set_defaults(action="import")
    gone = below.add_parser("delete", help="delete runs")
    gone.add_argument("names", metavar="RUN", nargs="+", help=_RUN_HELP)
    gone.set_defaults(action="delete")
    prune = below.add_parser("prune", help="delete all runs but the latest ones and the baselines")
    prune.add_argument("--keep", type=int, required=True, metavar="N", help="how many of the latest to keep")
    prune.set_defaults(action="prune")
    for command in below.choices.values():
        command.add_argument("--llm-storage", metavar="URL", help=f"where runs are kept ({STORAGE})")
