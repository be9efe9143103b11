"""Which way a request goes out: straight, or through the proxy of the machine's network."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


@dataclass(frozen=True, slots=True)
class Proxies:
    """What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, for Slack and Atom alike."""

    proxy: str = ""  # http://HOST:PORT, also with a user and a password
    no_proxy: str = ""  # hosts that are reached without it

    def of(self, url: str) -> str | None:
        """Return the proxy for an address, None if it is reached without one."""
        if not self.proxy:
            return None
        return None if _is_left_out(url, self.no_proxy) else self.proxy

    def way(self, url: str) -> str:
        """Say which way an address is reached, without a password."""
        proxy = self.of(url)
        if proxy is None:
            return "directly"
        return f"through the proxy {urlsplit(proxy).netloc.rpartition('@')[2]}"


def _is_left_out(url: str, no_proxy: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or PORTS.get(parts.scheme, 0)
    entries = no_proxy.lower().replace(",", " ").split()
    return any(_covers(entry, host, port) for entry in entries)


def _covers(entry: str, host: str, port: int) -> bool:
    """Say whether an entry means a host: `*`, a name and all below it, an address or a network.

    A port counts where one is written. As curl and most others read them; there is no standard.
    """
    if entry == "*":
        return True
    if (network := _network(entry)) is not None:
        return _is_in(host, network)
    name, _, wanted = entry.rpartition(":")
    if name and wanted.isdecimal() and int(wanted) != port:
        return False
    name = (name if name and wanted.isdecimal() else entry).strip("[]")
    if (network := _network(name)) is not None:
        return _is_in(host, network)
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _is_in(host: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False
