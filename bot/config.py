"""The settings: read once from the environment and `.env`, every problem reported at once."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

import phonenumbers
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot import time_zones
from bot.bulk.list_file.table import ROWS_LIMIT
from bot.policy import quiet_hours
from bot.policy.quiet_hours import QuietFor, QuietHours
from bot.proxies import Proxies

Names = Annotated[frozenset[str], NoDecode]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class BadSettings(Exception):
    """The settings can't be used; `problems` has a sentence for each one, by name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep the sentences: values of secrets are never among them."""
        super().__init__(", ".join(problems))
        self.problems = problems


def _quiet_hours(value: object) -> object:
    return quiet_hours.parse(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator decides. The names are the environment's, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    atom_token: SecretStr = SecretStr("")
    atom_url: str = "https://us-central1-atomchat-io.cloudfunctions.net/templates"
    atom_timeout: float = Field(default=15.0, ge=0.1, le=120, allow_inf_nan=False)
    atom_rate: float = Field(default=10.0, gt=0, le=80, allow_inf_nan=False)
    give_up_after: timedelta = Field(
        default=timedelta(hours=6), ge=timedelta(seconds=1), le=timedelta(days=30)
    )
    duplicate_window: timedelta = Field(default=timedelta(hours=24), le=timedelta(days=90))
    late_after: timedelta = Field(
        default=timedelta(hours=1), ge=timedelta(seconds=1), le=timedelta(days=90)
    )
    undo_seconds: int = Field(default=0, ge=0, le=30)
    approval_expires: timedelta = Field(
        default=timedelta(hours=8), ge=timedelta(seconds=1), le=timedelta(days=90)
    )
    pending_nudge: timedelta = Field(default=timedelta(0), le=timedelta(days=90))
    bulk_limit: int = Field(default=1000, ge=1, le=ROWS_LIMIT)
    bulk_approval: int = Field(default=50, ge=0)
    whatsapp_daily_limit: int = Field(default=0, ge=0)
    senders: Names = frozenset()
    approvers: Names = frozenset()
    admins: Names = frozenset()
    default_region: str | None = None
    countries: Names = frozenset()
    database_url: str = "sqlite:///bot.db"
    quiet_hours: Annotated[QuietHours | None, NoDecode, BeforeValidator(_quiet_hours)] = None
    quiet_for: QuietFor = QuietFor.MARKETING
    time_zone: Annotated[str, AfterValidator(time_zones.read)] = "UTC"
    language: Literal["en", "es", "pt"] = "en"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    metrics_token: SecretStr = SecretStr("")
    # The names that every other program knows; a password may stand in the first two.
    https_proxy: SecretStr = SecretStr("")
    http_proxy: SecretStr = SecretStr("")
    no_proxy: str | None = None
    log_format: Literal["text", "json"] | None = None

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _token(token, "xoxb-", "a bot token: OAuth & Permissions in your app's page")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr) -> SecretStr:
        return _token(token, "xapp-", "an app-level token: Basic Information in your app's page")

    @field_validator("slack_signing_secret", "atom_token", "metrics_token")
    @classmethod
    def _header_safe(cls, secret: SecretStr) -> SecretStr:
        return _one_word(secret.get_secret_value().strip())

    @field_validator("slack_api_url", "atom_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        scheme, host = _address(url.strip())
        if scheme not in {"http", "https"} or not host:
            raise ValueError("must be a web address that starts with https://")
        if scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("must start with https://: it carries a token")
        if urlsplit(url.strip()).username is not None:
            raise ValueError("must have no user and no password in it: the token is enough")
        return url.strip()

    @field_validator("https_proxy", "http_proxy")
    @classmethod
    def _proxy(cls, secret: SecretStr) -> SecretStr:
        url = secret.get_secret_value().strip()
        if url and "://" not in url:
            url = f"http://{url}"  # as curl takes it
        scheme, host = _address(url)
        if url and (scheme not in {"http", "https"} or not host):
            raise ValueError("must be a proxy that speaks HTTP: http://HOST:PORT")
        return SecretStr(url)

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, url: str) -> str:
        return url if url.endswith("/") else url + "/"

    @field_validator(
        "give_up_after",
        "duplicate_window",
        "late_after",
        "approval_expires",
        "pending_nudge",
        mode="before",
    )
    @classmethod
    def _duration(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        if info.field_name in {"duplicate_window", "pending_nudge"} and value.strip() == "0":
            return timedelta(0)
        parts = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value)
        if not parts:
            raise ValueError("must be a number and a unit: 90s, 30m, 6h or 1d")
        return timedelta(seconds=min(float(parts[1]) * _UNITS[parts[2]], 1e9))

    @field_validator("senders", "approvers", "admins", mode="before")
    @classmethod
    def _people(cls, value: object) -> object:
        names = _split(value)
        bad = sorted(name for name in names if not re.fullmatch(r"[UWS][A-Z0-9]{2,}|\*", name))
        if bad:
            # Cut short: a token may have got here by mistake.
            shown = ", ".join(name[:12] for name in bad)
            raise ValueError(
                f"{shown}: must be Slack ids of users (U… or W…) or user groups (S…), or *"
            )
        return names

    @field_validator("countries", mode="before")
    @classmethod
    def _countries(cls, value: object) -> object:
        names = frozenset(name.upper() for name in _split(value))
        bad = sorted(names - set(phonenumbers.SUPPORTED_REGIONS))
        if bad:
            shown = ", ".join(name[:12] for name in bad)
            raise ValueError(f"{shown}: must be two-letter countries, e.g. PA,MX")
        return names

    @field_validator("default_region")
    @classmethod
    def _region(cls, value: str | None) -> str | None:
        region = (value or "").strip().upper()
        if region and region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("must be a two-letter country, e.g. PA")
        return region or None

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if re.fullmatch(r"sqlite:///.+", url) and not url.endswith(":memory:"):
            return url
        if url.startswith("postgres://"):  # what several hosts still hand out
            url = "postgresql://" + url.removeprefix("postgres://")
        try:
            parts = make_url(url)
        except (ArgumentError, ValueError):  # whose words may hold a part of the password
            parts = None
        if parts is None or parts.drivername != "postgresql" or not parts.database:
            raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return url

    @property
    def proxies(self) -> Proxies:
        """Which way requests go out; as slack_sdk has it, one proxy for both kinds of address."""
        proxy = self.https_proxy.get_secret_value() or self.http_proxy.get_secret_value()
        return Proxies(proxy, self.no_proxy or "")

    @property
    def on_sqlite(self) -> bool:
        """Whether one file holds everything, so that one process at a time may work on it."""
        return self.database_url.startswith("sqlite")


def read() -> tuple[Settings, dict[str, str]]:
    """Read the settings; one that can't be used has its default, and by its name a sentence why."""
    try:
        return Settings(), {}
    except ValidationError as error:
        problems = {
            str(problem["loc"][0]): _sentence(problem["msg"])
            for problem in error.errors(include_url=False, include_input=False)
        }
    defaults = {name: Settings.model_fields[name].get_default() for name in problems}
    return Settings(**defaults), {name.upper(): words for name, words in sorted(problems.items())}


def load(*needed: str) -> Settings:
    """Read the settings; `needed` names the secrets that this command can't do without.

    Raises BadSettings with every problem, by the name that the operator wrote.
    """
    settings, problems = read()
    empty = (name.upper() for name in needed if not getattr(settings, name).get_secret_value())
    problems = dict.fromkeys(empty, "is missing") | problems
    if problems:
        raise BadSettings(dict(sorted(problems.items())))
    return settings


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "must")


def _split(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(part.strip() for part in value.split(",") if part.strip())
    return (
        frozenset(str(part) for part in value)
        if isinstance(value, (set, frozenset))
        else frozenset()
    )


def _token(token: SecretStr, prefix: str, what: str) -> SecretStr:
    text = token.get_secret_value().strip()
    # A rotated token carries its own mark in front.
    if text and not text.removeprefix("xoxe.").startswith(prefix):
        raise ValueError(f"must start with {prefix} ({what})")
    return _one_word(text)


def _one_word(secret: str) -> SecretStr:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ValueError("must be one word of plain letters, digits and signs")
    return SecretStr(secret)


def _address(url: str) -> tuple[str, str]:
    """Return a web address's scheme and host, empty if it is none."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return "", ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only when asked for, and then it may be no number
        # Nobody can look up a name with an empty part, or with one that is too long.
        (parts.hostname or "").encode("idna")
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""
