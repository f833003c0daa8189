"""Go answers: built and inspected in one sandbox, run in a second that has no toolchain."""
