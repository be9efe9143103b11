"""Runs a module so that it stops when whoever started it is gone: `-m benchmarks.watched MODULE`."""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run the module with the arguments that are left."""
    threading.Thread(target=_watch, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
