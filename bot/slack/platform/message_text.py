"""A Slack message as a person reads it: every text once, in mrkdwn, line by line.

Sources: <https://docs.slack.dev/reference/block-kit/blocks>,
<https://docs.slack.dev/messaging/formatting-message-text#attachments>.
"""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_DEEP = 8  # a message that was shared of a message that was shared …


def read(message: object) -> str:
    """Return what a message shows, as Slack would escape it; whatever its shape, this ends well."""
    return "\n".join(line for line in _message(message, 0) if line.strip())


def _message(message: object, depth: int) -> Iterator[str]:
    if not isinstance(message, Mapping) or depth > MOST_DEEP:
        return
    # Where there are blocks, the text is only for notifications.
    shown = [line for line in _blocks(message.get("blocks"), depth) if line.strip()]
    yield from shown or [_string(message.get("text"))]
    for attachment in _listed(message.get("attachments")):
        yield from _attachment(attachment, depth + 1)


def _attachment(attachment: object, depth: int) -> Iterator[str]:
    if not isinstance(attachment, Mapping) or depth > MOST_DEEP:
        return
    lines = [_string(attachment.get("pretext"))]
    shared = [
        part.get("message")
        for part in _listed(attachment.get("message_blocks"))
        if isinstance(part, Mapping)
    ]
    body = [*_blocks(attachment.get("blocks"), depth)]
    body += [line for message in shared for line in _message(message, depth + 1)]
    if not any(line.strip() for line in body):
        body = [*_legacy(attachment)]
    lines += [*body, *(_button(each) for each in _listed(attachment.get("actions")))]
    if any(line.strip() for line in lines):
        yield from lines
    else:
        yield _string(attachment.get("fallback"))


def _legacy(attachment: Mapping[str, Any]) -> Iterator[str]:
    """Read an attachment without blocks."""
    yield _string(attachment.get("author_name"))
    yield _link(_string(attachment.get("title_link")), _string(attachment.get("title")))
    yield _string(attachment.get("text"))
    for field in _listed(attachment.get("fields")):
        if isinstance(field, Mapping):
            yield f"{_string(field.get('title'))}: {_string(field.get('value'))}"
    yield _string(attachment.get("footer"))


def _blocks(blocks: object, depth: int) -> Iterator[str]:
    for block in _listed(blocks):
        if isinstance(block, Mapping):
            yield from _block(block, depth)


def _block(block: Mapping[str, Any], depth: int) -> Iterator[str]:
    match block.get("type"):
        case "rich_text":
            yield from _rich(block.get("elements"), depth).split("\n")
        case "table":
            for row in _listed(block.get("rows")):
                yield " | ".join(_cell(cell, depth) for cell in _listed(row))
        case "actions":
            yield from (_button(each) for each in _listed(block.get("elements")))
        case "context":
            yield from (_text(each) for each in _listed(block.get("elements")))
        case "image" | "video":
            title_url = _string(block.get("title_url"))
            yield _link(title_url, _text(block.get("title"))) or _string(block.get("alt_text"))
            yield _text(block.get("description"))
        case _:  # section, header, markdown, and what Slack may add
            yield _text(block.get("text"))
            yield from (_text(each) for each in _listed(block.get("fields")))
            yield _button(block.get("accessory"))


def _cell(cell: object, depth: int) -> str:
    if isinstance(cell, Mapping) and cell.get("type") == "rich_text":
        return _rich(cell.get("elements"), depth).strip()
    return _escaped(_text(cell))


def _rich(elements: object, depth: int) -> str:
    """Put together the pieces of a rich text; its texts are not escaped, unlike all others."""
    if depth > MOST_DEEP:
        return ""
    return "".join(_piece(each, depth) for each in _listed(elements) if isinstance(each, Mapping))


def _piece(piece: Mapping[str, Any], depth: int) -> str:
    kind = piece.get("type")
    if kind == "rich_text_list":
        items = [_rich([each], depth + 1).strip("\n") for each in _listed(piece.get("elements"))]
        return "\n".join(items) + "\n"
    if "elements" in piece:  # sections, quotes and code, each on lines of its own
        return _rich(piece["elements"], depth + 1) + "\n"
    match kind:
        case "link":
            return _link(_string(piece.get("url")), _escaped(_string(piece.get("text"))))
        case "emoji":
            return f":{_string(piece.get('name'))}:"
        case "text" | "date":
            return _escaped(_string(piece.get("text") or piece.get("fallback")))
    return "<@someone>"  # a user, a channel, a group


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _button(element: object) -> str:
    """Read a button; where it leads may be a number."""
    if not isinstance(element, Mapping) or element.get("type") != "button":
        return ""
    return _link(_string(element.get("url")), _text(element.get("text")))


def _link(url: str, text: str) -> str:
    if url and text:
        return f"<{url}|{text}>"
    return f"<{url}>" if url else text


def _text(found: object) -> str:
    """Return a text object's text, or a text that stands by itself."""
    return _string(found.get("text")) if isinstance(found, Mapping) else _string(found)


def _string(found: object) -> str:
    return found if isinstance(found, str) else ""


def _listed(found: object) -> list[Any]:
    return found if isinstance(found, list) else []
