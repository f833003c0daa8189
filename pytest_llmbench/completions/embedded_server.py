"""The embedded server's process: serves one GGUF file on a free port of this machine alone.

It takes its settings as one argument in JSON, prints its address as one line of JSON, and ends when
its standard input does. It knows nothing of the rest of the package, so that it starts fast.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any


def main() -> None:
    """Serve until standard input ends."""
    settings = json.loads(sys.argv[1])
    watching = threading.Thread(target=_end_with_stdin, daemon=True)
    watching.start()
    # The library may print as it pleases: only we write to what was standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = _serve(settings)
    answers.write(json.dumps({"base_url": f"{server.listening_address}/v1"}) + "\n")
    answers.close()
    watching.join()


def _end_with_stdin() -> None:
    """End the process at once when whoever started it closes its end, or is gone."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def _serve(settings: dict[str, Any]) -> Any:
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = settings["gguf"]
    params.model_alias = {Path(settings["gguf"]).stem}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["context"] * settings["slots"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.n_gpu_layers = 0
    # A prompt is computed afresh each time: otherwise the same seed gives another answer once a
    # part of the prompt is there already.
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.warmup = False
    params.ui = False
    params.verbosity = 1
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        # What the library itself has written before says more than its exception.
        sys.exit("" if str(error).startswith("Failed to init") else str(error))


if __name__ == "__main__":
    main()
