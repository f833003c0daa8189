"""The workflows that are offered: valid YAML, options that exist, and a script that does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_llmbench.bench.options import OPTIONS
from pytest_llmbench.comparison.rules import parse_rule

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
OFFERED = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL)
WORKFLOWS = [yaml.safe_load(text) for text in OFFERED]


def used_actions() -> list[dict[str, Any]]:
    steps = [s for w in WORKFLOWS for j in w.get("jobs", {}).values() for s in j["steps"]]
    return [step for step in steps if step.get("uses", "").startswith("pytest-llmbench/")]


def test_there_are_workflows_for_both_places() -> None:
    assert len(used_actions()) == 2
    assert sum("jobs" in workflow for workflow in WORKFLOWS) == 3
    assert sum("model-drift" in workflow for workflow in WORKFLOWS) == 1


def keeps_to(kind: str, *paths: Path) -> bool:
    """Whether files are what the place that runs them takes."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        f"vendor.{kind}",
        *map(str, paths),
    ]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_the_places_that_run_them_take_them(tmp_path: Path) -> None:
    github, gitlab = [], []
    for number, text in enumerate(OFFERED):
        path = tmp_path / f"{number}.yml"
        path.write_text(text)
        (github if "jobs" in yaml.safe_load(text) else gitlab).append(path)
    assert keeps_to("github-actions", ROOT / "action.yml")
    assert keeps_to("github-workflows", *github, *(ROOT / ".github/workflows").iterdir())
    assert keeps_to("gitlab-ci", *gitlab)
    broken = tmp_path / "broken.yml"
    broken.write_text(github[0].read_text().replace("steps:", "step:"))
    assert not keeps_to("github-workflows", broken)


@pytest.mark.parametrize("name", ["action.yml", "docs/ci.md", "docs/comparing.md", "README.md"])
def test_options_exist(name: str) -> None:
    known = {option.flag for option in OPTIONS}
    found = set(re.findall(r"--llm-[a-z-]+", (ROOT / name).read_text("utf-8")))
    assert found <= known, found - known


def test_what_workflows_give_to_the_action_it_takes() -> None:
    for step in used_actions():
        assert set(step["with"]) <= set(ACTION["inputs"])
        assert all(parse_rule(rule) for rule in step["with"]["fail"].split())
        required = {name for name, given in ACTION["inputs"].items() if given.get("required")}
        assert required <= set(step["with"])


def test_inputs_reach_scripts_as_variables_only() -> None:
    """An input that is pasted into a script could hold a command."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])


def test_the_script_passes_on_what_it_is_given(tmp_path: Path) -> None:
    (run,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    fake = tmp_path / "bin" / "python"
    fake.parent.mkdir()
    fake.write_text(
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open('given.json', 'w'))\n"
    )
    fake.chmod(0o755)
    environ = {
        "PATH": f"{fake.parent}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "SUITE": "one two",
        "MODELS": "a,b*",
        "SAMPLES": "10",
        "COMPARE": "$(touch hacked)",
        "FAIL": "score:0.5\ncost:20%",
        "INCONCLUSIVE": "6",
        "ARGUMENTS": "-k\nflatten and not x",
    }
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run["run"]],
        cwd=tmp_path, env=environ, check=True,
    )  # fmt: skip
    given = json.loads((tmp_path / "given.json").read_text())
    assert given[:4] == ["-m", "pytest", "one", "two"]
    assert {"--llm-models=a,b*", "--llm-compare=$(touch hacked)", "--llm-inconclusive=6"} <= set(given)
    assert [a for a in given if "fail" in a] == [
        "--llm-compare-fail=score:0.5",
        "--llm-compare-fail=cost:20%",
    ]
    assert given[-2:] == ["-k", "flatten and not x"]
    assert not (tmp_path / "hacked").exists()
    assert (tmp_path / "outputs").read_text() == "json=llmbench/run.json\n"
