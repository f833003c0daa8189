"""`python -m pytest_llmbench … | head`: a reader that has seen enough is no error."""

from __future__ import annotations

import os
import subprocess
import sys


def test_a_reader_that_has_left_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "pytest_llmbench", "models"]
    try:
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
