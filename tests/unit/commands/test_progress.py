"""What long work says meanwhile: to eyes alone."""

import io

from bot.commands.progress import Progress
from tests.fakes import FakeClock
from tests.unit.commands.terminal import Terminal


def test_in_a_pipe_nothing_is_said() -> None:
    out = io.StringIO()

    with Progress(out, now=FakeClock().monotonic) as progress:
        progress.say("Reading …")
        assert list(progress.count(range(3), "sends")) == [0, 1, 2]

    assert out.getvalue() == ""


def test_on_a_terminal_each_line_takes_the_place_of_the_last() -> None:
    out = Terminal()

    with Progress(out) as progress:
        progress.say("Reading …")
        progress.say("Done")

    assert out.getvalue() == "\rReading …\rDone     \r    \r"


def test_it_counts_now_and_then() -> None:
    out, clock = Terminal(), FakeClock()
    seen = []

    with Progress(out, now=clock.monotonic) as progress:
        for number in progress.count(range(2000), "sends"):
            seen.append(number)
            clock.pass_by(0.2 if number == 1499 else 0.0)

    assert seen == list(range(2000))
    assert out.getvalue().split("\r")[1:] == ["1,500 sends", "           ", ""]


def test_nothing_but_plain_characters_reaches_the_terminal() -> None:
    out = Terminal()

    with Progress(out) as progress:
        progress.say("Asking Slack …" * 100)

    assert "\x1b" not in out.getvalue()
    assert len(out.getvalue().split("\r")[1]) < 100
