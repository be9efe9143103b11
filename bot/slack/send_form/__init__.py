"""The form: drawn, read back, and checked in place. Builder and reader share the block ids."""

from bot.slack.platform.error_messages import errors
from bot.slack.send_form.ids import (
    CALLBACK_ID,
    CHANNEL,
    CHOOSE,
    CHOOSE_TIME,
    FILL,
    MEAN,
    PREVIEW,
    SHOW_MORE,
    TEMPLATE,
)
from bot.slack.send_form.parse import drawn, drawn_of, read
from bot.slack.send_form.phone_choices import FoundPhone
from bot.slack.send_form.state import Form
from bot.slack.send_form.view import (
    bare_option,
    build,
    option,
    with_errors,
    with_message,
    with_more,
    with_when,
)

__all__ = [
    "CALLBACK_ID",
    "CHANNEL",
    "CHOOSE",
    "CHOOSE_TIME",
    "FILL",
    "MEAN",
    "PREVIEW",
    "SHOW_MORE",
    "TEMPLATE",
    "Form",
    "FoundPhone",
    "bare_option",
    "build",
    "drawn",
    "drawn_of",
    "errors",
    "option",
    "read",
    "with_errors",
    "with_message",
    "with_more",
    "with_when",
]
