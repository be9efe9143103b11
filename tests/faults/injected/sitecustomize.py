"""Python runs this at the start of every process that has this folder on its path."""

from tests.faults.killed_at import install

install()
