"""Shared by all tests of this repository; the plugin itself is loaded by its entry point."""

pytest_plugins = ["pytester"]
