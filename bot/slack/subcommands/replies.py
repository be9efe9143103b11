"""The answers to the command's questions, for whoever asked alone. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.locales import Translator
from bot.policy.access import Allowed
from bot.sends import Send, Status
from bot.slack.notifications import cards
from bot.slack.notifications.summary import line_of, send_line, whole_number
from bot.slack.platform.blocks import Block, context, section
from bot.templates import Template

# Slack's: characters of one text, and of all that a message shows (docs: section block; 13,200).
TEXT_LIMIT = 3000
LIST_LIMIT = 11_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A private answer: blocks for eyes, and the same in `text` for everything else."""

    text: str
    blocks: list[Block] | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads an answer about sends."""

    user: str
    is_admin: bool


def help_(translator: Translator, shortcut: str) -> Reply:
    """Explain the command, and the shortcut by its name in Slack's menu."""
    return _answer(
        _text(translator("help.text", shortcut=shortcut)), _text(translator("help.questions"))
    )


def how_to_ask(translator: Translator) -> Reply:
    """Explain how to ask for a send."""
    return _answer(_text(translator("answer.status.how")))


def one_text(text: str) -> Reply:
    """Answer with one text that is ours, or escaped."""
    return _answer(_text(text))


def recent(sends: Sequence[Send], translator: Translator) -> Reply:
    """List a person's own sends, each with a button."""
    if not sends:
        return _answer(_text(translator("answer.recent.none")))
    lines = [(line_of(send, translator), send_line(send, translator)) for send in sends]
    return _answer(_text(translator("answer.recent.title")), *lines)


def templates(offer: Allowed, translator: Translator) -> Reply:
    """List what a person may send, by name: as much as one message takes."""
    if offer.any_id_allowed:
        return _answer(_text(translator("answer.list.free")))
    if not offer.templates:
        return _answer(_text(translator("answer.list.none")))
    by_name = sorted(offer.templates, key=lambda each: each.folded)
    shown = _that_fit(_template_line(each, translator) for each in by_name)
    more = len(by_name) - sum(len(each) for each in shown)
    title = translator("answer.list.title", count=len(by_name))
    parts = [_text(title), *(_text("\n".join(lines)) for lines in shown)]
    parts.append(
        _small(
            translator("answer.list.more", count=more) if more else translator("answer.list.how")
        )
    )
    return _answer(*parts)


def status(
    sends: Sequence[Send], translator: Translator, *, viewer: Viewer, has_older: bool = False
) -> Reply:
    """Say of each send what is known of it."""
    parts = [part for send in sends for part in _known(send, translator, viewer)]
    if has_older:
        parts.append(_small(translator("answer.status.older", count=len(sends))))
    return _answer(*parts)


def not_found(about: str, translator: Translator, *, is_admin: bool) -> Reply:
    """Say that there is no such send, as far as this person may know."""
    key = "answer.status.none" if is_admin else "answer.status.none_of_yours"
    return _answer(_text(translator(key, about=cards.escape(about))))


def refreshed(offer: Allowed, translator: Translator, *, is_new: bool) -> Reply:
    """Say what was found when everything was asked anew."""
    key = "answer.refresh.templates"
    facts = [
        translator("answer.refresh.done" if is_new else "answer.refresh.just_now"),
        translator("answer.refresh.free")
        if offer.any_id_allowed
        else translator(key, count=len(offer.templates)),
        translator("answer.refresh.admin" if offer.is_admin else "answer.refresh.no_admin"),
    ]
    return _answer(_text(" ".join(facts)))


_Part = tuple[str, Block]


def _answer(*parts: _Part) -> Reply:
    return Reply("\n".join(text for text, _ in parts if text), [block for _, block in parts])


def _text(text: str) -> _Part:
    return text, section(text)


def _small(text: str) -> _Part:
    return text, context(text)


def _template_line(template: Template, translator: Translator) -> str:
    name, count = cards.quoted(template.name), len(template.params)
    if not count:
        return translator("answer.list.no_values", name=name)
    return translator("answer.list.values", name=name, count=count)


def _that_fit(lines: Iterable[str]) -> list[list[str]]:
    """Group lines into texts that Slack takes, as many as go into one message."""
    groups: list[list[str]] = [[]]
    length = total = 0
    for line in lines:
        if total + len(line) + 1 > LIST_LIMIT:
            break
        if length + len(line) + 1 > TEXT_LIMIT:
            groups.append([])
            length = 0
        groups[-1].append(line)
        length += len(line) + 1
        total += len(line) + 1
    return groups


def _known(send: Send, translator: Translator, viewer: Viewer) -> list[_Part]:
    request = send.request
    phone = whole_number(send) if request.user == viewer.user else send.masked_phone
    moment = cards.clock(send.created, day=True)
    head = f"`{cards.named(request)}` · {phone} · {moment}"
    facts = [translator("outcome.reference", send=cards.escape(send.id))]
    if row := cards.of_list(send, translator):
        facts.append(row)
    if viewer.is_admin:
        facts.insert(0, translator("card.sender", user=f"<@{request.user}>"))
    parts = [_text(f"{head}\n{_sentence(send, translator)}")]
    if send.vendor_message:
        # Whole: whoever may ask is its sender, or an admin.
        title = translator("outcome.said")
        parts.append((f"{title} {cards.escape(send.vendor_message)}", context(title)))
        parts.append(("", cards.quote(send.vendor_message)))
    return [*parts, _small(" · ".join(facts))]


def _sentence(send: Send, translator: Translator) -> str:
    state = f"{cards.EMOJI[send.status]} {translator(f'status.{send.status}')}"
    if send.waits:
        return f"{state} · {cards.waiting(send, translator)}"
    if send.status is Status.UNKNOWN:
        return f"{state} · {_where_to_decide(send, translator)}"
    if send.reason == "not_arrived":
        # The outcome's own sentence speaks of what stands below it in the thread.
        user = f"<@{send.decided_by}>"
        return f"{state} · {translator('card.decided.not_arrived', user=user)}"
    return cards.outcome_line(send, translator) if send.status.is_final else state


def _where_to_decide(send: Send, translator: Translator) -> str:
    if send.card_channel.startswith(("C", "G")):
        return translator("answer.status.unknown_in", channel=f"<#{send.card_channel}>")
    return translator("answer.status.unknown")
