"""Slack's Web API as the bot uses it: one session, no silent repeats, errors in our words."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import Refused, TryLater
from bot.proxies import Proxies

DIRECT = Proxies()
# Seconds; the budget of one call, well within what Slack gives a listener.
CALL_SECONDS = 2
# Seconds; beside the listeners nobody waits, and a post that is given up may be there all the same.
BACKGROUND_SECONDS = 15
# Seconds; Slack shows an error of its own after three.
LISTENER_SECONDS = 2.5
# What Slack says of our token as a whole: no other place would take what this one does not
# (docs: chat.postMessage, errors; the same ones stand with every method).
TOKEN = frozenset(
    {
        "accesslimited",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
BROKEN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# A trigger lives for three seconds and opens one view (docs: views.open; the other name of each
# stands with dialogs).
TRIGGER_EXPIRED = frozenset({"expired_trigger_id", "trigger_expired"})
TRIGGER_USED = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
# A workspace on its way into an organisation: over by itself.
MOVING = frozenset({"org_login_required", "team_added_to_org"})


class SlackRefused(Refused):
    """Slack said no; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        """Keep Slack's code: it is in Slack's documentation and holds nothing personal."""
        super().__init__("slack.refused", code=code)
        self.code = code


class TokenRefused(SlackRefused):
    """Slack takes nothing with this token as it is; an operator must act."""


class Unanswered(TryLater):
    """No answer of Slack's came, or a broken one: what was asked for may have been done."""


@contextmanager
def translate_slack_errors() -> Iterator[None]:
    """Turn what slack_sdk and its HTTP client raise into our errors."""
    try:
        yield
    except SlackApiError as error:
        raise _translate(error) from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise TryLater("slack.untrusted") from error
    except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError) as error:
        # Nothing has left.
        raise TryLater("slack.unreachable") from error
    except (
        SlackClientError,
        aiohttp.ClientError,
        TimeoutError,
        ValueError,
        AttributeError,
    ) as error:
        # The last one is how slack_sdk takes an answer in plain text.
        raise Unanswered("slack.unreachable") from error


def _translate(error: SlackApiError) -> TryLater | SlackRefused:
    response = error.response
    if not isinstance(response, AsyncSlackResponse):
        # slack_sdk's habit where an answer is not the JSON that its header promises.
        return Unanswered("slack.unreachable")
    code = str(response.get("error") or "") if isinstance(response.data, Mapping) else ""
    if code in LIMITED:
        return TryLater("slack.limited", after=_seconds(response.headers))
    if later := _by_status(response.status_code, response.headers):
        return later
    if not code or code in BROKEN:
        return Unanswered("slack.unreachable")
    if code in MOVING:
        return TryLater("slack.unreachable")
    return TokenRefused(code) if code in TOKEN else SlackRefused(code)


def _by_status(status: int, headers: Mapping[str, str]) -> TryLater | None:
    """Say whether the status alone tells that a pause may help."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater("slack.limited", after=_seconds(headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unanswered("slack.unreachable")
    return None


def _seconds(headers: Mapping[str, str]) -> float:
    value = {name.lower(): text for name, text in headers.items()}.get("retry-after", "")
    return float(value) if re.fullmatch(r"[0-9]{1,6}", value) else 1.0


@asynccontextmanager
async def in_time(key: str) -> AsyncIterator[None]:
    """Bound all that a listener does, so that its answer, good or bad, is there within 3 s.

    Raises TryLater with this key.
    """
    try:
        async with asyncio.timeout(LISTENER_SECONDS):
            yield
    except TimeoutError as error:
        raise TryLater(key) from error


@asynccontextmanager
async def open_slack(
    token: str, api_url: str, *, seconds: int = CALL_SECONDS, proxies: Proxies = DIRECT
) -> AsyncIterator[AsyncWebClient]:
    """Make a client that gives up a call after so many seconds.

    Without slack_sdk's retry handlers: they repeat a post whose answer was lost.
    """
    # The session's own limit: slack_sdk minds `timeout` only in sessions that it makes itself.
    limit = aiohttp.ClientTimeout(total=seconds)
    # A level of its own: without one slack_sdk writes each request out, for a log that takes none.
    logger = logging.getLogger("slack_sdk.web")
    logger.setLevel(logging.INFO)
    async with aiohttp.ClientSession(timeout=limit) as session:
        client = AsyncWebClient(
            token=token,
            base_url=api_url,
            session=session,
            timeout=seconds,
            retry_handlers=[],
            logger=logger,
        )
        # Left to itself slack_sdk knows nothing of NO_PROXY.
        client.proxy = proxies.of(api_url)
        yield client


async def respond(client: AsyncWebClient, response_url: str, **message: object) -> None:
    """Answer through a response_url, in private. Raises TryLater or SlackRefused."""
    with translate_slack_errors():
        webhook = AsyncWebhookClient(
            response_url,
            session=client.session,
            timeout=client.timeout,
            retry_handlers=[],
            logger=logging.getLogger("slack_sdk.web"),
        )
        webhook.proxy = client.proxy
        body = {"response_type": "ephemeral", "replace_original": False, **message}
        response = await webhook.send_dict(body)
    if response.status_code != HTTPStatus.OK:
        raise _by_status(response.status_code, response.headers) or SlackRefused(
            # A code such as `used_url`; a page is nothing to show to people.
            response.body if re.fullmatch(r"[a-z_]{1,60}", response.body) else "response_url"
        )
