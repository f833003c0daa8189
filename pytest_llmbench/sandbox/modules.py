"""Our own modules for a process that sees no file of ours: compiled here, once, and sent."""

from __future__ import annotations

import importlib.util
import marshal
from pathlib import Path


def compiled_modules(package: str, names: tuple[str, ...]) -> bytes:
    """Modules, compiled, in the order in which they need each other: marshalled (full name, code) pairs."""
    spec = importlib.util.find_spec(package)
    folder = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
    modules = []
    for name in names:
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        code = compile(text, f"<{name}>", "exec", dont_inherit=True, optimize=2)
        modules.append((f"{package}.{name}", code))
    return marshal.dumps(modules)
