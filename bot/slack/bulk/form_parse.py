"""The form for a list, read back from the view that Slack hands in; and files, as Slack tells them."""

from collections.abc import Iterable, Iterator

from bot import emoji_codes
from bot.bulk.batches import ListFile
from bot.bulk.list_file.table import FILE_LIMIT
from bot.errors import Problem
from bot.send_draft import GROUP_LIMIT
from bot.sends import Origin
from bot.slack.bulk.form_state import ListForm
from bot.slack.bulk.ids import FILE, FILETYPES
from bot.slack.platform import payloads
from bot.slack.platform.payloads import Payload
from bot.slack.send_form import answered_thread, when
from bot.slack.send_form.ids import ASSIGN, CHANNEL, GROUP, SEND_AT, TEMPLATE
from bot.slack.send_form.state import proposals
from bot.templates import Template

EXTERNAL = "external"
TEXTS = frozenset({"csv", "tsv", "text", "xlsx"})  # as Slack calls the kinds


def drawn(view: Payload) -> str:
    """Name the template that a form was drawn for, by Atom's id; empty for none."""
    return payloads.note_of(view).get("template", "")


def chosen(view: Payload) -> str:
    """Name the template that is chosen in the menu, by Atom's id; empty for none."""
    return payloads.chosen(payloads.state(view).get(TEMPLATE))


def read(view: Payload, known: Template | None, *, response_url: str = "") -> ListForm:
    """Read a view back; `known` is the template that `drawn` names, as it is now."""
    note, state = payloads.note_of(view), payloads.state(view)
    channel = str(state.get(CHANNEL, {}).get("selected_conversation") or "")
    is_open = GROUP in state
    group, assign = proposals(known)
    typed = emoji_codes.to_characters(payloads.typed(state.get(GROUP)).strip())
    given = ListFile(note["file"], note.get("name", "")) if "file" in note else None
    return ListForm(
        user=note.get("user", ""),
        origin=Origin(
            channel=channel or note.get("channel", ""),
            thread_ts=note.get("thread", ""),
            response_url=response_url or note.get("url", ""),
        ),
        template=known,
        file=given,
        files=tuple(_offered(view)),
        group=typed if is_open else group,
        assign=payloads.checked(state.get(ASSIGN)) if is_open else assign,
        more=is_open,
        when=when.read(view, state),
        asks_channel=CHANNEL in state,
        channel=channel,
        thread=answered_thread.read(view),
        menu_version=int(note["set"]) if note.get("set", "").isdecimal() else 0,
    )


def handed_in(view: Payload, form: ListForm) -> ListFile | Problem:
    """Return the one file that was handed in, or what is wrong with it, as far as Slack told."""
    if form.file:
        return form.file
    field = payloads.state(view).get(FILE)
    if form.files:
        picked = payloads.chosen(field)
        found = [each for each in form.files if each.id == picked]
        return found[0] if found else Problem(FILE, "bulk_form.no_file")
    files = payloads.objects(field or {}, "files")
    if len(files) != 1:
        return Problem(FILE, "bulk_form.one_file" if files else "bulk_form.no_file")
    return problem_of(files[0], form.user) or file_of(files[0])


def problem_of(file: Payload, user: str) -> Problem | None:
    """Say what is wrong with a file, as far as Slack told of it."""
    owner, size = file.get("user"), file.get("size")
    if file.get("mode") == EXTERNAL or file.get("is_external") is True:
        return Problem(FILE, "bulk.file.external")
    if owner and owner != user:
        return Problem(FILE, "bulk.file.not_yours")
    if isinstance(size, int) and size > FILE_LIMIT:
        return Problem(FILE, "bulk.file.bytes", {"limit": FILE_LIMIT // 1024 // 1024})
    return None


def file_of(file: Payload) -> ListFile:
    """Read a file object (docs: objects/file-object), of which Slack may tell no more than the id."""
    name = str(file.get("name") or file.get("title") or "")
    return ListFile(str(file.get("id") or ""), " ".join(name.split()))


def problems(form: ListForm) -> Iterator[Problem]:
    """Find what is wrong with what was typed."""
    where = GROUP if form.shows_more else TEMPLATE
    if len(form.group) > GROUP_LIMIT:
        yield Problem(where, "text.too_long", {"limit": GROUP_LIMIT})
    if codes := emoji_codes.unknown(form.group):
        yield Problem(where, "emoji.unknown", {"codes": ", ".join(codes)})
    if form.when.is_asked:
        yield form.when.question or Problem(SEND_AT, "form.when.choose")


def lists_in(message: Payload) -> list[Payload]:
    """Return the files of a message that may be lists, by their kind or as long as it isn't told."""
    return [each for each in payloads.objects(message, "files") if _may_be_list(each)]


def _may_be_list(file: Payload) -> bool:
    if file.get("mode") in {"tombstone", EXTERNAL, "hidden_by_limit"} or not file.get("id"):
        return False
    name, kind = str(file.get("name") or "").lower(), str(file.get("filetype") or "")
    is_told = bool(name or kind)
    return not is_told or kind in TEXTS or name.endswith(tuple(f".{each}" for each in FILETYPES))


def _offered(view: Payload) -> Iterable[ListFile]:
    """Read back which files of a message there were to choose from."""
    for block in payloads.objects(view, "blocks"):
        if block.get("block_id") == FILE:
            for each in payloads.objects(payloads.part(block, "element"), "options"):
                name = payloads.part(each, "text").get("text")
                yield ListFile(str(each.get("value") or ""), payloads.plain(str(name or "")))
