"""The errors that Slack documents for the methods that tell, by what is to be done next."""

from bot.demo.slack.documented_errors import ERRORS

TOKEN_WIDE = [
    "accesslimited",
    "account_inactive",
    "invalid_auth",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
]
LATER = [
    "fatal_error",
    "internal_error",
    "message_limit_exceeded",
    "org_login_required",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
]
# What is invented tomorrow is documented nowhere.
TOMORROW = ["never_heard_of", "channel_is_on_the_moon"]


def elsewhere(method: str) -> list[str]:
    """Name what refuses one place alone, as far as Slack says."""
    return [code for code in ERRORS[method] if code not in {*TOKEN_WIDE, *LATER}] + TOMORROW


ELSEWHERE = elsewhere("chat.postMessage")
NOT_UPDATED = elsewhere("chat.update")
