"""What `doctor` says of the settings themselves, and where each token is found."""

from collections.abc import Iterator, Mapping

from bot.commands.doctor.finding import Finding, bad, well
from bot.config import Settings

APPS = "your app at https://api.slack.com/apps"
WHERE = {
    "SLACK_BOT_TOKEN": f"{APPS} → OAuth & Permissions → Bot User OAuth Token, once it is installed",
    "SLACK_SIGNING_SECRET": f"{APPS} → Basic Information → App Credentials → Signing Secret",
    "SLACK_APP_TOKEN": f"{APPS} → Basic Information → App-Level Tokens → Generate, with the scope "
    "connections:write",
    "ATOM_TOKEN": "Atom → Configuración → Mi Empresa → Configuraciones → Seguridad, the channel's "
    "public token",
}
EXAMPLES = {
    "SLACK_BOT_TOKEN": "xoxb-…",
    "SLACK_SIGNING_SECRET": "…",
    "SLACK_APP_TOKEN": "xapp-…",
    "ATOM_TOKEN": "…",
}
REQUIRED = ("SLACK_BOT_TOKEN", "ATOM_TOKEN")


def look(settings: Settings, problems: Mapping[str, str]) -> Iterator[Finding]:
    """Look at each setting, whatever is wrong with the others."""
    missing = [name for name in REQUIRED if name not in problems and not _is_set(settings, name)]
    for name, words in problems.items():
        yield bad(name, f"{words}{_found(name)}", _line(name))
    for name in missing:
        yield bad(name, f"is missing{_found(name)}", _line(name))
    if not problems and not missing:
        yield well("settings", "all of them can be read")
    yield _transport(settings, problems)
    yield _probes(settings)
    if not problems.keys() & {"SENDERS", "ADMINS"}:
        yield _rights(settings)


def _is_set(settings: Settings, name: str) -> bool:
    return bool(getattr(settings, name.lower()).get_secret_value())


def _found(name: str) -> str:
    return f"; it is in {WHERE[name]}" if name in WHERE else ""


def _line(name: str) -> str:
    return f"{name}={EXAMPLES[name]}" if name in EXAMPLES else ""


def _transport(settings: Settings, problems: Mapping[str, str]) -> Finding:
    names = {"serve": "SLACK_SIGNING_SECRET", "socket": "SLACK_APP_TOKEN"}
    able = [f"`{each}`" for each, name in names.items() if _is_set(settings, name)]
    if able:
        return well("transport", f"{' and '.join(able)} can start")
    if problems.keys() & set(names.values()):
        return bad("transport", "neither `socket` nor `serve` can start: see above")
    return bad(
        "transport",
        f"set SLACK_APP_TOKEN for `socket` ({WHERE['SLACK_APP_TOKEN']}), or SLACK_SIGNING_SECRET "
        f"for `serve` ({WHERE['SLACK_SIGNING_SECRET']})",
        _line("SLACK_APP_TOKEN"),
    )


def _probes(settings: Settings) -> Finding:
    if settings.metrics_token.get_secret_value():
        return well("probes", "/metrics is read on this machine, and elsewhere with METRICS_TOKEN")
    words = "/metrics is read on this machine only; set METRICS_TOKEN to read it elsewhere"
    return well("probes", words)


def _rights(settings: Settings) -> Finding:
    if not settings.senders | settings.admins:
        words = "nobody may send: set SENDERS or ADMINS, e.g. every full member"
        return bad("rights", words, "SENDERS=*")
    words = "SENDERS and ADMINS name somebody"
    if not settings.senders:
        words = "ADMINS names somebody, who may also send; SENDERS is empty"
    if not settings.admins:
        words = "SENDERS names somebody; ADMINS is empty, so nobody keeps the catalogue in Slack"
    if not settings.default_region:
        words += "; without DEFAULT_REGION every number needs its country code"
    return well("rights", words)
