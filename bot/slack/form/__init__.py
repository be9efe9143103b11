"""The form: drawn, read back, and checked in place. Builder and reader share the block ids."""

from bot.slack.form.filled import Form
from bot.slack.form.found import FoundPhone
from bot.slack.form.ids import CALLBACK_ID, CHANNEL, CHOOSE, FILL, MEAN, PREVIEW, TEMPLATE
from bot.slack.form.mistakes import errors
from bot.slack.form.reader import drawn, read
from bot.slack.form.view import bare_option, build, option, with_message

__all__ = [
    "CALLBACK_ID",
    "CHANNEL",
    "CHOOSE",
    "FILL",
    "MEAN",
    "PREVIEW",
    "TEMPLATE",
    "Form",
    "FoundPhone",
    "bare_option",
    "build",
    "drawn",
    "errors",
    "option",
    "read",
    "with_message",
]
