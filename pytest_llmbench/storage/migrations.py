"""The schema's history: each step is written once, and never changed after a release.

A database says in `schema_version` which steps it has seen. They are taken in one transaction, so that
two processes that open a new database at once do not get in each other's way.
"""

from __future__ import annotations

import sqlite3

from pytest_llmbench.errors import StorageError

_VERSION_1 = (
    """CREATE TABLE runs (
        id TEXT NOT NULL, started TEXT NOT NULL, status TEXT NOT NULL, duration_s FLOAT,
        body TEXT NOT NULL, PRIMARY KEY (id))""",
    """CREATE TABLE tasks (
        run_id TEXT NOT NULL, suite TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
        hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_id, suite, id),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE)""",
    """CREATE TABLE models (
        run_id TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (run_id, id),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE)""",
    "CREATE TABLE texts (hash TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (hash))",
    """CREATE TABLE trials (
        run_id TEXT NOT NULL, key TEXT NOT NULL, suite TEXT NOT NULL, task TEXT NOT NULL,
        model TEXT NOT NULL, sample INTEGER NOT NULL, prompt TEXT NOT NULL, system TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (run_id, key),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        FOREIGN KEY (prompt) REFERENCES texts (hash), FOREIGN KEY (system) REFERENCES texts (hash))""",
    """CREATE TABLE attempts (
        id TEXT NOT NULL, run_id TEXT NOT NULL, trial TEXT NOT NULL, number INTEGER NOT NULL,
        started TEXT NOT NULL, ended TEXT, outcome TEXT, status_code INTEGER, message TEXT,
        PRIMARY KEY (id), FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        FOREIGN KEY (run_id, trial) REFERENCES trials (run_id, key) ON DELETE CASCADE)""",
    "CREATE INDEX attempts_of_trial ON attempts (run_id, trial)",
    """CREATE TABLE completions (
        id TEXT NOT NULL, run_id TEXT NOT NULL, trial TEXT NOT NULL, received TEXT NOT NULL,
        finish_reason TEXT, model_returned TEXT, system_fingerprint TEXT, input_tokens INTEGER,
        output_tokens INTEGER, body TEXT NOT NULL, PRIMARY KEY (id),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        FOREIGN KEY (run_id, trial) REFERENCES trials (run_id, key) ON DELETE CASCADE)""",
    "CREATE INDEX completions_of_trial ON completions (run_id, trial)",
    """CREATE TABLE scorecards (
        run_id TEXT NOT NULL, trial TEXT NOT NULL, judged TEXT NOT NULL, status TEXT NOT NULL,
        total FLOAT, body TEXT NOT NULL, answer TEXT, PRIMARY KEY (run_id, trial),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        FOREIGN KEY (run_id, trial) REFERENCES trials (run_id, key) ON DELETE CASCADE)""",
    """CREATE TABLE baselines (
        name TEXT NOT NULL, run_id TEXT NOT NULL, saved TEXT NOT NULL, PRIMARY KEY (name),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE)""",
)

_VERSION_2 = (
    "ALTER TABLE runs ADD COLUMN budget_nano INTEGER",
    "ALTER TABLE runs ADD COLUMN booked_nano INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN over_nano INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE attempts ADD COLUMN reserved_nano INTEGER",
    "ALTER TABLE attempts ADD COLUMN booked_nano INTEGER",
)

_VERSION_3 = (
    """CREATE TABLE opinions (
        run_id TEXT NOT NULL, trial TEXT NOT NULL, call TEXT NOT NULL, asked TEXT NOT NULL, body TEXT,
        PRIMARY KEY (run_id, trial),
        FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
        FOREIGN KEY (run_id, trial) REFERENCES trials (run_id, key) ON DELETE CASCADE)""",
    "CREATE INDEX opinions_of_call ON opinions (run_id, call)",
)

STEPS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2, _VERSION_3)
"""STEPS[n] leads from version n to version n + 1."""

CURRENT = len(STEPS)


def upgrade(connection: sqlite3.Connection, place: str, to: int = CURRENT) -> None:
    """Bring a database to a version of the schema; a new one starts at 0.

    Args:
        connection: A connection within a transaction that may write.
        place: What the database is called, for errors.
        to: The version; other than the current one only in tests.

    Raises:
        StorageError: A newer release of this package wrote it, or it is some other program's.
    """
    found = version_of(connection)
    if found is None:
        _refuse_others(connection, place)
        connection.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (0)")
        found = 0
    if found > CURRENT:
        raise StorageError(
            f"{place} was written by a newer release of pytest-llmbench (schema {found}, this one knows"
            f" {CURRENT}): upgrade, or name another file by --llm-storage"
        )
    for statements in STEPS[found:to]:
        for statement in statements:
            connection.execute(statement)
    if found < to:
        connection.execute("UPDATE schema_version SET version = ?", (to,))


def version_of(connection: sqlite3.Connection) -> int | None:
    """Say which version a database has; None where it has never been ours."""
    if "schema_version" not in _tables(connection):
        return None
    found = connection.execute("SELECT version FROM schema_version").fetchone()
    return None if found is None else int(found[0])


def _refuse_others(connection: sqlite3.Connection, place: str) -> None:
    if others := sorted(_tables(connection)):
        raise StorageError(
            f"{place} is another program's database (it has the table {others[0]!r}): name a file of its"
            " own by --llm-storage"
        )


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {str(name) for (name,) in rows}
