"""Which way a request goes out."""

import pytest

from bot.proxies import Proxies

PROXY = "http://proxy.example:3128"

# NO_PROXY, an address, whether it is reached without the proxy
TABLE = [
    ("", "https://slack.com/api/", False),
    ("*", "https://slack.com/api/", True),
    ("slack.com", "https://slack.com/api/", True),
    ("slack.com", "https://hooks.slack.com/x", True),
    ("slack.com", "wss://wss-primary.slack.com/link", True),
    ("slack.com", "https://notslack.com/", False),
    (".slack.com", "https://hooks.slack.com/", True),
    (".slack.com", "https://slack.com/", True),
    ("*.slack.com", "https://hooks.slack.com/", True),
    ("hooks.slack.com", "https://slack.com/", False),
    ("a.example, SLACK.COM ,b.example", "https://Slack.com/", True),
    ("a.example slack.com", "https://slack.com/", True),
    ("slack.com.", "https://slack.com/", True),
    ("slack.com:443", "https://slack.com/", True),
    ("slack.com:8443", "https://slack.com/", False),
    ("slack.com:443", "wss://slack.com/", True),
    ("127.0.0.1", "http://127.0.0.1:3000/", True),
    ("127.0.0.1:3000", "http://127.0.0.1:3000/", True),
    ("127.0.0.1:3001", "http://127.0.0.1:3000/", False),
    ("127.0.0.0/8", "http://127.0.0.1:3000/", True),
    ("10.0.0.0/8", "http://127.0.0.1:3000/", False),
    ("10.0.0.0/8", "https://slack.com/", False),
    ("::1", "http://[::1]:3000/", True),
    ("[::1]", "http://[::1]:3000/", True),
    ("[::1]:3000", "http://[::1]:3000/", True),
    ("[::1]:3001", "http://[::1]:3000/", False),
    ("localhost", "http://localhost:3000/", True),
    ("localhost", "http://127.0.0.1:3000/", False),
    (",, ,", "https://slack.com/", False),
    (".", "https://slack.com/", False),
    (":443", "https://slack.com/", False),
]


@pytest.mark.parametrize(("no_proxy", "url", "directly"), TABLE)
def test_no_proxy_names_who_is_reached_directly(no_proxy: str, url: str, *, directly: bool) -> None:
    proxies = Proxies(PROXY, no_proxy)

    assert proxies.of(url) == (None if directly else PROXY)


def test_without_a_proxy_everything_goes_out_directly() -> None:
    assert Proxies().of("https://slack.com/") is None
    assert Proxies().way("https://slack.com/") == "directly"


def test_the_way_is_said_without_a_password() -> None:
    proxies = Proxies("http://bot:hunter2@proxy.example:3128", "slack.com")

    assert proxies.way("https://atom.example/") == "through the proxy proxy.example:3128"
    assert proxies.way("https://slack.com/") == "directly"
