"""The team of workers as seen from the process that started them: where it meets, when it stops."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pytest_llmbench.plugin.meeting import Meeting

MEETING_INPUT = "llmbench_meeting"
"""The key by which a worker process is told where the others are met."""

_STOP_S = 5.0


class Office:
    """Knows the team, once there is one."""

    def __init__(self) -> None:
        self._meeting: Meeting | None = None

    def invite(self, workerinput: dict[str, Any]) -> None:
        """Tell a worker that is about to start where the team meets."""
        if self._meeting is None:
            self._meeting = Meeting.make()
        workerinput[MEETING_INPUT] = str(self._meeting.folder)

    def stop(self) -> None:
        """Have the team ask nothing more."""
        if self._meeting is not None and not self._meeting.stopped:
            from pytest_llmbench.plugin.handover import Stop
            from pytest_llmbench.plugin.team import call

            self._meeting.stop()
            # There may be no leader yet, or none any more: whoever would be the next one sees the sign.
            with suppress(OSError):
                call(self._meeting.address, Stop().model_dump_json(), _STOP_S)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._meeting is not None:
            self._meeting.remove()


def invitation(workerinput: dict[str, Any]) -> Meeting | None:
    """Give a worker the place where its team meets; None where each does its own items."""
    folder = workerinput.get(MEETING_INPUT)
    return None if folder is None else Meeting(Path(folder))
