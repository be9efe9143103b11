"""Ports on loopback that a test may give to a server, now or later: nobody else takes them."""

import contextlib
import fcntl
import functools
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

FIRST = 20_000
BLOCKS = 48
SIZE = 250
"""Below 32,768: those are handed out for connections, also while a server is away."""


@functools.cache
def _ports() -> Iterator[int]:
    """Go round and round in a block that no other process on this machine has."""
    for number in range(BLOCKS):
        # Whoever is gone, however that came about, holds it no more.
        file = Path(tempfile.gettempdir()) / f"whatsapp-template-bot-ports-{number}"
        with contextlib.suppress(OSError):
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                raise
            first = FIRST + number * SIZE
            return itertools.cycle(range(first, first + SIZE))
    raise AssertionError(f"{BLOCKS} processes that run tests have all the ports")


def next_port() -> int:
    """Return a port that is free, and that no other process that runs tests tries."""
    for port in itertools.islice(_ports(), SIZE):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("somebody else has all of this process's ports")
