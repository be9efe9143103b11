"""Runs the bot so that it stops when whoever started it is gone, however that one ended."""

import os
import runpy
import signal
import threading


def main() -> None:
    """Run `python -m bot` with our arguments; SIGTERM to ourselves once standard input ends."""
    threading.Thread(target=_watch, daemon=True).start()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
