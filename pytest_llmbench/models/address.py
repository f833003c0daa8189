"""Checks what a user gives as a server's address and as the name of a key's variable.

Both are places where a secret lands by mistake, so no message repeats one.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def clean_base_url(url: str) -> str:
    """Check a base URL.

    Returns:
        The URL without a slash at its end.

    Raises:
        ValueError: It is not one; the text says what would be right, and holds no password.
    """
    example = "a URL such as http://127.0.0.1:8080/v1 is needed"
    try:
        parts = urlsplit(url.strip())
        port_is_fine = parts.port is None or parts.port > 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise ValueError(example) from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL may not hold a user name or password; name the key's variable instead")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ValueError(f"{url!r}: {example}")
    if re.search(r"\s", url.strip()):
        raise ValueError(f"{url!r}: there is a space in it")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r}: a base URL ends with its path, without '?' and '#'")
    return url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")


def check_variable(name: str) -> str:
    """Check the name of an environment variable.

    Raises:
        ValueError: It is not one; it may be the key itself, so the text does not repeat it.
    """
    if not _VARIABLE.fullmatch(name):
        raise ValueError("the name of an environment variable is needed (such as OPENAI_API_KEY), not a key")
    return name
