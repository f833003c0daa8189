"""A cached folder is whole or not there: damage, dying processes and several at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_llmbench.toolchains.cache import is_whole, make_once, user_cache


def fill(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "program").write_text("#!/bin/sh\n")
    (folder / "sub" / "program").chmod(0o755)
    (folder / "link").symlink_to("sub/program")


def not_again(_folder: Path) -> None:
    pytest.fail("it is there already")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "cache" / "digest"
    make_once(folder, fill)
    return folder


def test_it_is_made_once(made: Path) -> None:
    assert is_whole(made)
    assert (made / "sub" / "program").read_text() == "#!/bin/sh\n"
    make_once(made, not_again)


def test_others_may_read_it(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o755


def remove_file(folder: Path) -> None:
    (folder / "sub" / "program").unlink()


def cut_file(folder: Path) -> None:
    (folder / "sub" / "program").write_text("")


def forbid_to_run(folder: Path) -> None:
    (folder / "sub" / "program").chmod(0o644)


def add_file(folder: Path) -> None:
    (folder / "sub" / "more").touch()


def remove_marker(folder: Path) -> None:
    (folder / "complete.json").unlink()


def cut_marker(folder: Path) -> None:
    (folder / "complete.json").write_text('{"fing')


DAMAGES = [remove_file, cut_file, forbid_to_run, add_file, remove_marker, cut_marker]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_seen_and_repaired(made: Path, damage: Callable[[Path], None]) -> None:
    damage(made)
    assert not is_whole(made)
    make_once(made, fill)
    assert is_whole(made)
    assert (made / "sub" / "program").read_text() == "#!/bin/sh\n"
    assert not (made / "sub" / "more").exists()
    assert only_the_folder_is_left(made)


def only_the_folder_is_left(folder: Path) -> bool:
    return sorted(path.name for path in folder.parent.iterdir()) == [folder.name, f"{folder.name}.lock"]


def test_a_file_in_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "digest"
    folder.write_text("not a folder")
    make_once(folder, fill)
    assert is_whole(folder)


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def half(folder: Path) -> None:
        fill(folder)
        raise RuntimeError("half")

    folder = tmp_path / "digest"
    with pytest.raises(RuntimeError, match="half"):
        make_once(folder, half)
    assert [path.name for path in tmp_path.iterdir()] == ["digest.lock"]
    make_once(folder, fill)
    assert is_whole(folder)


WORKER = """
import sys, time
from pathlib import Path
from pytest_llmbench.toolchains.cache import make_once

def fill(folder):
    with open(sys.argv[2], "a") as log:
        log.write("filled\\n")
    (folder / "half").write_text("half")
    print("half", flush=True)
    sys.stdin.read()
    (folder / "whole").write_text("whole")

make_once(Path(sys.argv[1]), fill)
print("done", flush=True)
"""


def worker(folder: Path, log: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, folder, log],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once(tmp_path: Path) -> None:
    folder, log = tmp_path / "digest", tmp_path / "log"
    with worker(folder, log) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "half\n"
        with worker(folder, log) as second:
            assert not folder.exists()
            assert first.communicate("", timeout=30)[0] == "done\n"
            assert second.communicate("", timeout=30)[0] == "done\n"
    assert log.read_text() == "filled\n"
    assert is_whole(folder)
    assert (folder / "whole").read_text() == "whole"


def test_a_process_that_dies_half_way(tmp_path: Path) -> None:
    folder, log = tmp_path / "digest", tmp_path / "log"
    with worker(folder, log) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "half\n"
        os.kill(first.pid, signal.SIGKILL)
    assert not folder.exists()
    make_once(folder, fill)
    assert is_whole(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digest", "digest.lock", "log"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CACHE_HOME": "/there", "HOME": "/home/ada"}, "/there/pytest-llmbench"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/ada"}, "/home/ada/.cache/pytest-llmbench"),
        ({"XDG_CACHE_HOME": "not/absolute", "HOME": "/home/ada"}, "/home/ada/.cache/pytest-llmbench"),
    ],
)
def test_where_the_cache_is(environ: dict[str, str], expected: str) -> None:
    assert user_cache(environ) == Path(expected)


def test_where_the_cache_is_without_a_home() -> None:
    assert user_cache({}) == Path.home() / ".cache" / "pytest-llmbench"
