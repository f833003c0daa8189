"""The pytest plugin: hooks, one call each. Nothing heavy is imported before there is a task or an option."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llmbench.plugin.options import WORKER_ERROR, add_options, any_configured, any_given

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pytest_llmbench.plugin.fixture import Llm
    from pytest_llmbench.plugin.run import Run

RUN = pytest.StashKey["Run"]()

# `tasks.decorator.ATTRIBUTE`, which is not imported here for what it would load.
_ATTRIBUTE = "__llm_task__"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options where there are any, so that a mistake in them ends the run at once."""
    if any_given(config) or any_configured(config):
        _run(config)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Collector,
    name: str,
    obj: object,
) -> Sequence[pytest.Item] | None:
    """Make the items of a task, before any other plugin takes it for a plain coroutine test."""
    if not isinstance(obj, FunctionType) or _ATTRIBUTE not in vars(obj):
        return None
    return _run(collector.config).collect(collector, obj)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses `llm` once per model."""
    if "llm" in metafunc.fixturenames and RUN in metafunc.config.stash:
        metafunc.parametrize("llm", metafunc.config.stash[RUN].model_ids, indirect=True)


@pytest.fixture
def llm(request: pytest.FixtureRequest) -> Llm:
    """One of the models that `--llm-models` names: `await llm.ask(prompt)` gives a completion."""
    if not hasattr(request, "param"):
        pytest.skip("no model to ask: name one with --llm-models")
    return request.config.stash[RUN].llm(request.param, request.node.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Start everything that the selected items will wait for."""
    if RUN in session.config.stash:
        session.config.stash[RUN].start(session)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put results, and the duration without the waiting in line, on the reports of our items."""
    report = yield
    if RUN in item.config.stash:
        item.config.stash[RUN].complete(report, item, call)
    return report


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Keep pytest-timeout from our items: they wait in line, and have deadlines of their own."""
    return True if RUN in item.config.stash and item.config.stash[RUN].owns(item) else None


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    """Likewise."""
    return True if RUN in item.config.stash and item.config.stash[RUN].owns(item) else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over from pytest-xdist's process what keeps it from running tasks."""
    text = getattr(node, "workeroutput", {}).get(WORKER_ERROR)
    if text is not None:
        _run(node.config).refuse(text)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what still runs."""
    if RUN in config.stash:
        config.stash[RUN].close()


def _run(config: pytest.Config) -> Run:
    """Give the session's run, made on first use."""
    if RUN not in config.stash:
        from pytest_llmbench.plugin.plain_imports import import_plainly

        import_plainly(config)
        from pytest_llmbench.plugin.beside import import_beside

        import_beside("aiohttp")
        from pytest_llmbench.plugin.garbage import hold_back

        hold_back(config)
        from pytest_llmbench.plugin.run import Run

        config.stash[RUN] = Run.of(config)
    return config.stash[RUN]
