"""The fixtures of tests that run pytest on a small project of their own."""

from __future__ import annotations

from projects import make_server, no_keys, suite, write

__all__ = ["make_server", "no_keys", "suite", "write"]
