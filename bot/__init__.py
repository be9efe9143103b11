"""Send approved WhatsApp template messages from Slack, through Atom."""

import sys

# Here, since an older Python can't even compile the other files and would answer with a traceback.
if sys.version_info < (3, 11):  # noqa: UP036 - pip's check is not asked by `make` and `python -m`
    sys.stderr.write(
        "Python 3.11 or newer is needed, and this is {}.{}; with make: make PYTHON=python3.11 ...\n".format(
            *sys.version_info
        )
    )
    sys.exit(2)
