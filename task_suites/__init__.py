"""The built-in tasks, as a package: where they are installed, `--pyargs pytest_llmbench.suites` finds them."""
