"""promptfoo: one test per call. It runs in Node; its last result is there when its process ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from asking import AT_ONCE, CALLS, URL, ended

config = {
    "prompts": ["Write double(number) in Python. ({{number}})"],
    "providers": [
        {
            "id": "openai:chat:m",
            "config": {"apiBaseUrl": URL, "apiKey": "none", "temperature": 0.2, "max_tokens": 4096},
        }
    ],
    "tests": [
        {"vars": {"number": n}, "assert": [{"type": "contains", "value": "double"}]} for n in range(CALLS)
    ],
}
Path("promptfoo.json").write_text(json.dumps(config))
node, main = sys.argv[1:]
quiet = ("TELEMETRY", "UPDATE", "SHARING", "REMOTE_GENERATION")
command = [node, main, "eval", "-c", "promptfoo.json", "-j", str(AT_ONCE), "--no-cache", "--no-table"]
subprocess.run(
    [*command, "--no-progress-bar", "--no-write", "-o", "out.json"],
    env={
        **os.environ,
        **{f"PROMPTFOO_DISABLE_{name}": "1" for name in quiet},
        "PROMPTFOO_CONFIG_DIR": str(Path("config").resolve()),
    },
    check=False,
)
ended()
