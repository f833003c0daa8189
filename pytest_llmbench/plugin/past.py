"""Earlier scores of a session's models, for its report: a picture that no session fails for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_llmbench.errors import StorageError
from pytest_llmbench.report.document import RunDocument

if TYPE_CHECKING:
    from pytest_llmbench.bench.past import Earlier
    from pytest_llmbench.storage.stored import Storage


def beside_past(
    document: RunDocument, storage: Storage | None, known: Earlier | None = None
) -> tuple[RunDocument, list[str]]:
    """Give a run's document its models' scores in earlier runs of its tasks.

    Args:
        document: The run.
        storage: Where earlier runs are; None where nothing is kept.
        known: What was read of them before.

    Returns:
        The document, and a line that says why earlier runs are not in it where they cannot be read.
    """
    if storage is None:
        return document, []
    from pytest_llmbench.bench.past import with_history

    try:
        return with_history(document, storage, known), []
    except StorageError as error:
        return document, [f"the report shows no earlier runs: {error}"]
