"""The form's ids, which its builder, its reader, its listeners and its tests share."""

import re
from typing import Final

from bot.send_draft import GROUP_LIMIT, NAME_LIMIT
from bot.templates import Template

CALLBACK_ID: Final = "send"
TEMPLATE: Final = "template"
MEANT: Final = "meant"
PHONE: Final = "phone"
READING: Final = "phone_reading"
CLIENT_NAME: Final = "client_name"
GROUP: Final = "group"
ASSIGN: Final = "assign"
PARAMS: Final = "params"
PARAM: Final = "param."
PREVIEW: Final = "preview"
MORE: Final = "more"
SEND_AT: Final = "send_at"
SEND_AT_CHOICE: Final = "send_at_choice"
WHEN: Final = "when"
THREAD: Final = "thread"
ERROR: Final = "error."
CHANNEL: Final = "channel"

INPUT: Final = "input"  # the element of most blocks
FOUND: Final = "choose_found"  # a number of the message
OTHER: Final = "other"  # none of them: the one that is typed
CHOOSE: Final = "choose_template"  # the menu of templates
MEAN: Final = "mean_template"  # a button with a template that was perhaps meant
SHOW_MORE: Final = "show_more"  # the button before what few sends need
CHOOSE_TIME: Final = "choose_time"  # of the calendar
FILL: Final = "fill_param"  # of a parameter's field

OPTION_LIMIT: Final = 75  # characters of an option, Slack's
# The longest that a field takes; 3,000 is Slack's own for a text input.
LIMITS: Final = {
    TEMPLATE: 100,
    PHONE: 60,
    PARAMS: 3000,
    CLIENT_NAME: NAME_LIMIT,
    GROUP: GROUP_LIMIT,
}
# Slack escapes some characters on its way, and a block's id must come back as it went.
UNFIT: Final = re.compile(r"[&<>\"\\]|[^ -~\w]")


def param_blocks(template: Template) -> dict[str, str]:
    """Give each parameter's block, by the parameter's name; unfit names are numbered from 1."""
    fit = {each.name for each in template.params if not UNFIT.search(each.name)}
    blocks = {}
    number = 0
    for param in template.params:
        name = param.name
        if name not in fit:
            number = next(at for at in range(number + 1, number + 1000) if str(at) not in fit)
            name = str(number)
        blocks[param.name] = PARAM + name
    return blocks
