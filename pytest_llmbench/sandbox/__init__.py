"""Sandbox: where a model's code runs; it knows nothing of models."""
