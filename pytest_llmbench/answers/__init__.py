"""Answers: from a Markdown reply to code."""
