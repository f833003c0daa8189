"""What has to be there before any test runs."""

from __future__ import annotations

# pytest within a test forgets what was imported meanwhile, and this cannot be loaded twice into one process.
import scipy.stats  # noqa: F401
