"""Finishes pytest's report of an item: its results, its duration, and where a debugger lands."""

from __future__ import annotations

import pytest

from pytest_llmbench.plugin.items import ModelItem, TaskFailure, TaskItem
from pytest_llmbench.plugin.results import ATTRIBUTE, Results, payload_of


def complete(
    report: pytest.TestReport, item: TaskItem, call: pytest.CallInfo[None], results: Results | None
) -> None:
    """Put the duration without the waiting in line on the report of a phase, and see to its results.

    Args:
        report: The report.
        item: The item.
        call: The phase.
        results: Where results go; None where they go on the report, to another process.
    """
    if isinstance(item, ModelItem) and item.outcomes and _decides(report):
        payload = payload_of(item)
        setattr(report, ATTRIBUTE, payload.model_dump_json() if results is None else True)
        if results is not None:
            results.add(payload)
    if call.when == "call":
        report.duration = item.busy_s
    elif call.when == "setup":
        report.duration = 0.0
    if item.config.option.usepdb:
        _land_in_the_body(call)


def _decides(report: pytest.TestReport) -> bool:
    """Whether this phase's report is the one that says what became of the item."""
    return report.when == "call" or (report.when == "setup" and report.failed)


def _land_in_the_body(call: pytest.CallInfo[None]) -> None:
    """Let a debugger land where a check failed, and not in this plugin."""
    if call.excinfo is not None and isinstance(call.excinfo.value, TaskFailure):
        cause = call.excinfo.value.__cause__
        if cause is not None:
            call.excinfo = pytest.ExceptionInfo.from_exception(cause)
