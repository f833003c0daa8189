"""The built-in tasks, as a package: installed, they are found by `--pyargs pytest_llmbench.suites`."""
