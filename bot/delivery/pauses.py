"""How long one waits before a further try."""

from datetime import timedelta

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 60.0
TOKEN_PAUSE = 60.0  # seconds for which a refused token stops the queue
# An outcome that Slack refuses is told again after ever longer pauses, and given up after a day;
# whatever the clock says, not before so many tries.
LONGEST_PAUSE_TO_TELL = 3600.0
GIVE_UP_TELLING = timedelta(days=1)
TELL_TRIES = 10


def pause_before(try_number: int, *, longest: float = LONGEST_PAUSE) -> float:
    """Say how many seconds to wait before a further try: 1, 2, 4 … and never more than `longest`."""
    return min(FIRST_PAUSE * 2.0 ** min(try_number - 1, 20), longest)
