"""A router: which model answered is kept and shown, per task; it is ranked, and takes no trophy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import document, html
from chatserver import ChatServer, completion
from doubling import FAULTY, GOOD, TASK, WRONG, fenced

Make = Callable[..., ChatServer]


def add_task(suite: Path) -> None:
    """Add a second task, for which the router turns elsewhere."""
    folder = suite.parent / "twice"
    (folder / "solutions").mkdir(parents=True)
    (folder / "test_twice.py").write_text(TASK.replace("test_double", "test_twice").replace("Write", "Now"))
    (folder / "solutions" / "reference.py").write_text(GOOD)
    (folder / "solutions" / "faulty_plus.py").write_text(FAULTY)


def dispatching() -> Callable[[dict[str, Any]], Any]:
    """Send the router's first task to two models in turn, and its second task to a third one."""
    turns = iter(["strong-a", "weak-b", "strong-a"])

    def reply(body: dict[str, Any]) -> Any:
        if body["model"] != "ga-standard":
            return fenced(GOOD)
        name = next(turns) if "Write" in body["messages"][1]["content"] else "third-c"
        return 200, completion(name, fenced(WRONG if name == "weak-b" else GOOD))

    return reply


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_what_it_dispatched_to(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    add_task(suite)
    server = make_server(dispatching())
    result = pytester.runpytest(
        "suite", "--llm-models=ga-standard,deepseek-v4-flash", f"--llm-base-url={server.url}",
        "--llm-json=out.json", "--llm-concurrency=1", *workers,
    )  # fmt: skip
    result.assert_outcomes(passed=4)
    found = document(pytester)
    models = {model["id"]: model for model in found["models"]}
    router, other = models["ga-standard"], models["deepseek-v4-flash"]
    assert router["returned"] == {"third-c": 3, "strong-a": 2, "weak-b": 1}
    assert router["spread"][0] < 6.5
    assert router["spread"][1] >= 9
    assert {router["rank"], other["rank"]} == {1, 2}
    assert router["value"] > other["value"]
    assert (router["best_value"], other["best_value"]) == (False, True)
    returned = {
        (part["task"], part["model"]): sorted(sample["model_returned"] for sample in part["samples"])
        for part in found["results"]
    }
    assert returned["double", "ga-standard"] == ["strong-a", "strong-a", "weak-b"]
    assert returned["twice", "ga-standard"] == ["third-c"] * 3
    assert returned["double", "deepseek-v4-flash"] == ["deepseek-v4-flash"] * 3

    result.stdout.fnmatch_lines(
        [
            "*ga-standard *[*]*",
            "[*] ga-standard is a router: it sent its calls to third-c (3), strong-a (2) and",
            "  weak-b (1); its samples scored 5.*10.0",
        ]
    )
    result.stdout.fnmatch_lines_random(
        [
            "[*] double: it sent its calls to strong-a (2) and weak-b (1)",
            "[*] twice: it sent its calls to third-c (3)",
            "🏆 best value: deepseek-v4-flash*",
        ]
    )
    page = html(pytester)
    assert "answered by strong-a (2) and weak-b (1)" in page
    assert "answered by third-c (3)" in page
    assert "Ga-Standard is a router: its price does not buy one model, so it takes no trophy." in page


def test_a_model_of_one_s_own_may_be_a_router(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    server = make_server(lambda _: (200, completion("behind-it", fenced(GOOD))))
    write(
        "llmbench.toml",
        f"""\
        [providers.house]
        base_url = "{server.url}"
        [models.auto]
        provider = "house"
        router = true
        price_output = 1.0
        """,
    )
    result = pytester.runpytest("suite", "--llm-models=auto", "--llm-json=out.json")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["[*] auto is a router: it sent its calls to behind-it (3)*"])
    assert document(pytester)["models"][0]["best_value"] is False


@pytest.mark.parametrize(("price_input", "cost"), [(None, 20 * 0.5), (0.1, 20 * 0.5 + 10 * 0.1)])
def test_what_a_cost_is_of(
    pytester: pytest.Pytester,
    suite: Path,
    make_server: Make,
    write: Callable[[str, str], Path],
    price_input: float | None,
    cost: float,
) -> None:
    """Of the output, and called so, until the input's price is known too."""
    server = make_server(fenced(GOOD))
    write(
        "llmbench.toml",
        f'[providers.house]\nbase_url = "{server.url}"\n[models.m]\nprovider = "house"\nprice_output = 0.5\n'
        + ("" if price_input is None else f"price_input = {price_input}\n"),
    )
    result = pytester.runpytest("suite", "--llm-models=m", "--llm-samples=1", "--llm-json=out.json")
    result.assert_outcomes(passed=1)
    assert document(pytester)["models"][0]["cost_usd"] == pytest.approx(cost / 1_000_000)
    text, page = result.stdout.str(), html(pytester)
    output_alone = price_input is None
    assert ("out $: the cost of the output alone" in text) == output_alone
    assert ("cost $" in text) != output_alone
    assert ("<small>$, output</small>" in page) == output_alone
    assert ("Output cost" in page) == output_alone
    assert ("no input price is known" in page) == output_alone
