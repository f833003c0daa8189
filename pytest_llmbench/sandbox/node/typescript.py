"""TypeScript: from an answer to JavaScript and the compiler's diagnostics.

The compiler runs in a sandbox of its own, in which nothing of the answer is ever run: what it says is
its own verdict. It is there although it only reads, since a type can be made to take all time and memory.
"""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Mapping

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import Command, Limits, Mount, Sandbox, SandboxProcess
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain
from pytest_llmbench.values import Value
