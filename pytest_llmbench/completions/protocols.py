"""The APIs that are spoken, by the names that a provider's `protocol` may have."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llmbench.completions.anthropic_messages import AnthropicMessages
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.protocol import ChatProtocol

PROTOCOLS: Mapping[str, ChatProtocol] = {"openai": OpenAIChat(), "anthropic": AnthropicMessages()}
