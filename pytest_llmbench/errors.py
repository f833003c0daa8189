"""The tree of errors. Whose fault an error is decides what follows from it, so each branch is one culprit.

    LlmBenchError
    ├── UsageError               the user's: options, configuration, environment (exit code 4)
    │   ├── ConfigError          a file of configuration
    │   ├── ModelError           a model that is not known, or cannot be used
    │   ├── SandboxUnavailable   no level of isolation works on this machine
    │   ├── ToolchainMissing     a language's compiler, runtime or packages are not installed
    │   ├── NoSuchRun            no run is called so
    │   └── StorageError         the database of runs cannot be read or written
    ├── ProviderError            a provider's or the network's, where a plain test asked for a completion
    ├── TaskError                the task author's: declaration, prompt, solutions, body
    ├── SandboxError             ours: a sandbox that worked before and failed now
    └── CandidateError           the answer's: what its code raised, or what became of its process
        ├── CandidateCrash       its process ended
        └── CandidateTimeout     it used up its time
            └── CandidateSlow    the CPU time that one call was given: no matter how busy the machine is

In the pipeline what a provider does wrong is not an exception but a value, `completions.ApiFailure`.
"""

from __future__ import annotations


class LlmBenchError(Exception):
    """The root of everything that this package raises on purpose."""


class UsageError(LlmBenchError):
    """A mistake in options, configuration or environment; its text is all that the user is shown."""


class ConfigError(UsageError):
    """A configuration file that is not right; the text names the file and the key."""


class ModelError(UsageError):
    """A model that is not known, or that cannot be used as it is configured."""


class SandboxUnavailable(UsageError):
    """No level of isolation passes its self-test here; the text says why, level by level."""


class ToolchainMissing(UsageError):
    """What a language needs is not installed.

    Args:
        reason: What is missing.
        install: The command that installs it.
    """

    def __init__(self, reason: str, install: str) -> None:
        super().__init__(f"{reason}; install it by: {install}")
        self.reason = reason
        self.install = install


class NoSuchRun(UsageError):
    """No run answers to a word; the text says where it was looked for."""


class StorageError(UsageError):
    """What is stored cannot be read, or nothing can be stored; the text names the file and says why."""


class ProviderError(LlmBenchError):
    """A model gave no completion to a plain test that asked for one; the text says what the provider said."""


class TaskError(LlmBenchError):
    """A mistake of the task's author; no model is blamed or charged for it."""


class SandboxError(LlmBenchError):
    """A failure of the sandbox itself, not of the code in it."""


class CandidateError(LlmBenchError):
    """What the candidate's code raised.

    Args:
        type_name: The name of the exception's type as the candidate's language has it, for example
            ``"ValueError"`` or ``"TypeError"``.
        message: The exception's own text, shortened.
    """

    def __init__(self, type_name: str, message: str) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name = type_name
        self.message = message


class CandidateCrash(CandidateError):
    """The candidate's process ended before it had answered."""

    def __init__(self, message: str) -> None:
        super().__init__("crash", message)


class CandidateTimeout(CandidateError):
    """The candidate used up its time before it had answered."""

    def __init__(self, message: str) -> None:
        super().__init__("timeout", message)


class CandidateSlow(CandidateTimeout):
    """The candidate used up the CPU time that a call was given, which no other load explains."""
