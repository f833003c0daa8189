"""llama.cpp's own server with the embedded model, through the plugin."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import document, html


@pytest.mark.slow
def test_the_embedded_model_answers(pytester: pytest.Pytester, suite: Path) -> None:
    result = pytester.runpytest_subprocess(
        "suite",
        "--llm-models=smollm2-135m",
        "--llm-samples=2",
        "--llm-max-tokens=64",
        "--llm-pass-mark=0",
        "--llm-json=out.json",
    )
    result.assert_outcomes(passed=1)
    found = document(pytester)
    (model,) = found["models"]
    assert model["rank"] == 1
    assert model["embedded"] is True
    assert model["cost_usd"] is None, "no price is known, and nothing is never 0"
    samples = found["results"][0]["samples"]
    assert [sample["status"] for sample in samples] != []
    assert all(1 <= sample["total"] <= 10 for sample in samples)
    assert all(0 < sample["usage"]["output"] <= 64 for sample in samples)
    assert {sample["model_returned"] for sample in samples} == {"SmolLM2-135M-Instruct.Q4_1"}
    assert {sample["finish_reason"] for sample in samples} <= {"stop", "length"}
    assert [sample["adapted"] for sample in samples] == [[], []]
    assert "SmolLM2 135M (embedded)" in html(pytester)
