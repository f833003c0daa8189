"""Analyzers: what a language's own tools say of an answer, without running it."""
