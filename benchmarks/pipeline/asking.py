"""What the contenders share: what they are asked for, and how they say that they are done.

All of it comes by environment variables: BENCH_URL, BENCH_CALLS, BENCH_AT_ONCE, BENCH_JUDGE, BENCH_STREAM,
and BENCH_ENDED, the file that takes the time of the last result.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

URL = os.environ["BENCH_URL"]
CALLS = int(os.environ["BENCH_CALLS"])
AT_ONCE = int(os.environ["BENCH_AT_ONCE"])
JUDGE = os.environ["BENCH_JUDGE"] == "1"
STREAM = os.environ["BENCH_STREAM"] == "1"


def ended(at: float | None = None) -> None:
    """Say when the last result was there, in seconds of `time.time`; now where that is not given."""
    Path(os.environ["BENCH_ENDED"]).write_text(str(time.time() if at is None else at))


def body(number: int) -> dict[str, object]:
    """Write a request; no two are the same."""
    message = {"role": "user", "content": f"Write double(number) in Python. ({number})"}
    more = {"stream": True, "stream_options": {"include_usage": True}} if STREAM else {}
    return {"model": "m", "messages": [message], "temperature": 0.2, "max_tokens": 4096, **more}


def text_of(answer: str) -> str:
    """Read an answer, streamed or not."""
    if not STREAM:
        return str(json.loads(answer)["choices"][0]["message"]["content"])
    pieces = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith("data: {")]
    deltas = [piece["choices"][0]["delta"] for piece in pieces if piece["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)
