"""Block Kit's elements as plain JSON: what people press, choose from and type into.

Source: <https://docs.slack.dev/reference/block-kit/block-elements>.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.slack.platform.blocks import Confirm, Element, Option, Text, given, plain_text


def option(text: str, value: str, description: str = "") -> Option:
    """Draw what can be chosen."""
    drawn = Option({"text": plain_text(text), "value": value})
    if description:
        drawn["description"] = plain_text(description)
    return drawn


def confirm(title: str, text: str, *, yes: str, no: str, danger: bool = False) -> Confirm:
    """Ask back before something is done; Slack takes no markup here."""
    return Confirm(
        given(
            title=plain_text(title),
            text=plain_text(text),
            confirm=plain_text(yes),
            deny=plain_text(no),
            style="danger" if danger else None,
        )
    )


def button(
    action_id: str,
    text: str,
    value: str = "",
    *,
    style: Literal["", "primary", "danger"] = "",
    asking: Confirm | None = None,
) -> Element:
    """Draw a button."""
    return Element(
        given(
            type="button",
            action_id=action_id,
            text=plain_text(text),
            value=value,
            style=style,
            confirm=asking,
        )
    )


def link_button(action_id: str, text: str, url: str) -> Element:
    """Draw a button that opens a page."""
    return Element({"type": "button", "action_id": action_id, "text": plain_text(text), "url": url})


def overflow(action_id: str, options: Sequence[Option]) -> Element:
    """Draw a menu behind three dots."""
    return Element({"type": "overflow", "action_id": action_id, "options": [*options]})


def text_input(
    action_id: str,
    value: str = "",
    *,
    max_length: int,
    placeholder: str = "",
    multiline: bool = False,
    while_typing: bool = False,
) -> Element:
    """Draw a field for text."""
    return Element(
        given(
            type="plain_text_input",
            action_id=action_id,
            initial_value=value,
            max_length=max_length,
            multiline=multiline,
            placeholder=_placeholder(placeholder),
            dispatch_action_config=_telling(while_typing),
        )
    )


def number_input(action_id: str, value: str = "", *, between: tuple[str, str]) -> Element:
    """Draw a field for a whole number; `between` has the least and the most."""
    return Element(
        given(
            type="number_input",
            action_id=action_id,
            is_decimal_allowed=False,
            initial_value=value,
            min_value=between[0],
            max_value=between[1],
        )
    )


def url_input(
    action_id: str, value: str = "", *, placeholder: str = "", while_typing: bool = False
) -> Element:
    """Draw a field for an address."""
    return Element(
        given(
            type="url_text_input",
            action_id=action_id,
            initial_value=value,
            placeholder=_placeholder(placeholder),
            dispatch_action_config=_telling(while_typing),
        )
    )


def date_picker(action_id: str, day: str = "", *, placeholder: str = "") -> Element:
    """Draw a calendar; `day` as in 2026-05-03."""
    return Element(
        given(
            type="datepicker",
            action_id=action_id,
            initial_date=day,
            placeholder=_placeholder(placeholder),
        )
    )


def date_time_picker(action_id: str, moment: datetime | None = None) -> Element:
    """Draw a calendar with a clock, by the clock of whoever looks at it."""
    initial = int(moment.timestamp()) if moment else None
    return Element(given(type="datetimepicker", action_id=action_id, initial_date_time=initial))


def checkbox(action_id: str, box: Option, *, checked: bool) -> Element:
    """Draw a lone checkbox."""
    return Element(
        given(
            type="checkboxes",
            action_id=action_id,
            options=[box],
            initial_options=[box] if checked else None,
        )
    )


def radio_buttons(
    action_id: str, options: Sequence[Option], chosen: Option | None = None
) -> Element:
    """Draw options of which one is chosen, all in sight."""
    return Element(
        given(type="radio_buttons", action_id=action_id, options=[*options], initial_option=chosen)
    )


def static_select(
    action_id: str,
    options: Sequence[Option],
    chosen: Option | None = None,
    *,
    placeholder: str = "",
) -> Element:
    """Draw a menu."""
    return Element(
        given(
            type="static_select",
            action_id=action_id,
            options=[*options],
            initial_option=chosen,
            placeholder=_placeholder(placeholder),
        )
    )


def external_select(
    action_id: str, chosen: Option | None = None, *, placeholder: str = ""
) -> Element:
    """Draw a menu whose options are ours to say, from the first letter on."""
    return Element(
        given(
            type="external_select",
            action_id=action_id,
            initial_option=chosen,
            min_query_length=0,
            placeholder=_placeholder(placeholder),
        )
    )


def multi_external_select(
    action_id: str, chosen: Sequence[Option] = (), *, placeholder: str = ""
) -> Element:
    """Draw such a menu, of which several may be chosen."""
    return Element(
        given(
            type="multi_external_select",
            action_id=action_id,
            initial_options=[*chosen],
            min_query_length=0,
            placeholder=_placeholder(placeholder),
        )
    )


def multi_users_select(action_id: str, chosen: Sequence[str] = ()) -> Element:
    """Draw a menu of people."""
    return Element(given(type="multi_users_select", action_id=action_id, initial_users=[*chosen]))


def multi_channels_select(action_id: str, chosen: Sequence[str] = ()) -> Element:
    """Draw a menu of channels, public and private."""
    return Element(
        given(
            type="multi_conversations_select",
            action_id=action_id,
            initial_conversations=[*chosen],
            filter={"include": ["public", "private"]},
        )
    )


def file_input(action_id: str, *, filetypes: Sequence[str]) -> Element:
    """Draw a field for one file; the endings only filter what a person is shown."""
    return Element(
        {
            "type": "file_input",
            "action_id": action_id,
            "filetypes": [*filetypes],
            "max_files": 1,
        }
    )


def conversation_select(action_id: str, chosen: str = "") -> Element:
    """Draw a menu of conversations; none chosen: the one that the form is opened in."""
    return Element(
        given(
            type="conversations_select",
            action_id=action_id,
            initial_conversation=chosen,
            default_to_current_conversation=None if chosen else True,
            response_url_enabled=True,
        )
    )


def _placeholder(text: str) -> Text | None:
    return plain_text(text) if text else None


def _telling(while_typing: bool) -> dict[str, list[str]] | None:  # noqa: FBT001 - its one meaning
    return {"trigger_actions_on": ["on_character_entered"]} if while_typing else None
