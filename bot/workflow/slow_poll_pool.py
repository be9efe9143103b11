"""Connections for the workflows' engine, which looks every second for what we never give it to do."""

import threading
from typing import Any

import sqlalchemy as sa
from typing_extensions import override

# Between two looks for queued, delayed and scheduled workflows: nothing here is any of these.
PAUSE = 15.0  # seconds


class SlowPollPool(sa.QueuePool):
    """Lets those wait for a connection who look again and again; the engine has no setting for it.

    They are its daemon threads. What it writes down of a run it does on threads of an executor,
    which are none, and never wait here.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the pool's own, passed on
        super().__init__(*arguments, **options)
        self._is_stopping = threading.Event()

    @override
    def connect(self) -> sa.PoolProxiedConnection:
        if threading.current_thread().daemon and self._is_stopping.wait(PAUSE):
            # One last look might wait for the tables, and a stop for it.
            raise sa.exc.TimeoutError("the engine is stopping")
        return super().connect()

    def stop(self) -> None:
        """Let those threads end at once, without another look."""
        self._is_stopping.set()
