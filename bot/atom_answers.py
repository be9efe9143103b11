"""What Atom's answers mean, in our words.

The documented shapes mean what they say. Any sign that the message may have gone out beside any
sign that it did not is *unknown*: never repeated, and never "correct it and send it again".
Source of the tables: Atom's published pages and answers seen in the wild.
"""

import email.utils
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from bot.errors import TryLater
from bot.sends import SAID_LIMIT, Outcome, Status
from bot.typed_text import visible

# Stops at the next opening, so that a page of nothing but openings is still read in one go.
SCRIPT = re.compile(r"<(script|style)\b(?:(?!<\1\b).)*?</\1>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
# What a database or Slack may not take: control characters, halves of characters.
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO = (Status.REJECTED, "rejected")
# Atom understood that it would not send.
REFUSALS = {
    **dict.fromkeys((400, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431), _NO),
    **dict.fromkeys((401, 403), (Status.FAILED, "token")),
    HTTPStatus.TOO_MANY_REQUESTS: _NO,  # for now
}

# Keys as they are compared: without case, `_` and `-`.
_VERDICTS = frozenset({"success", "ok"})
_STATES = frozenset({"message", "status", "state", "result"})
_IDS = frozenset({"conversationid", "messageid", "wamid"})
_ERRORS = frozenset({"error", "errors"})
_CODES = frozenset({"code", "status", "statuscode", "httpstatus"})
# A whole text that says that it went out, or was taken: "Sent", "Message sent successfully".
_GONE = re.compile(
    r"(?:(?:the|el|la|a|o|template|message|mensaje|mensagem|plantilla|was|has|been|is|fue|foi|ha|sido)"
    r"\s+)*(?:successfully\s+)?"
    r"(?:sent|pending|queued|accepted|delivered|enviad[oa]|pendiente|pendente|entregad[oa]|entregue)"
    r"(?:\s+(?:successfully|ok|correctamente|com\s+sucesso|con\s+[eé]xito))?"
)
_NOT_GONE = frozenset({"error", "failed", "failure", "rejected", "fallido", "rechazado"})
# In what is no JSON, or was cut off: the signs that can be told apart all the same.
_LOOSE_YES = re.compile(
    r'"(?:success|ok)"\s*:\s*(?:true|"true"|1)\b'
    r'|"(?:message|status|state|result)"\s*:\s*"\s*(?:sent|pending)\s*"'
    r'|"(?:conversation|message)_?id"\s*:\s*(?:"\s*[^"\s]|[0-9])',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Twice:
    """The values of a key that stands more than once in an object, and says different things."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Signs:
    """What an answer's body says, wherever in it."""

    gone: bool  # it may have gone out
    not_gone: bool = False
    torn: bool = False  # it says two things under one name


def read(status: int, headers: Mapping[str, str], text: str, *, whole: bool = True) -> Outcome:
    """Say what an answer means. Raises TryLater for 429, the one refusal that may be repeated."""
    data = _json(text) if whole else None
    result, reason = _meaning(status, data, _signs(data, text))
    if status == HTTPStatus.TOO_MANY_REQUESTS and result is not Status.UNKNOWN:
        raise TryLater("atom.too_many", after=retry_after(headers.get("retry-after", "")))
    return Outcome(
        result,
        reason,
        conversation=_conversation(data) if result is Status.SENT else "",
        vendor_message=_said(result, reason, data, text),
        http_status=status,
        execution_id=_id(headers.get("function-execution-id", "")),
        trace=_id(headers.get("x-cloud-trace-context", "")),
        pauses_queue=result is Status.FAILED,
    )


def _meaning(status: int, data: object, signs: _Signs) -> tuple[Status, str]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Status.UNKNOWN, "server_error"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        meaning = _documented(data)
    else:
        meaning = REFUSALS.get(status, (Status.UNKNOWN, "odd_status"))
    refused = signs.not_gone or status in REFUSALS
    if meaning[1] != "odd_status" and (signs.torn or (signs.gone and refused)):
        return Status.UNKNOWN, "contradiction"
    return meaning


def _documented(data: object) -> tuple[Status, str]:
    match data:
        case {"success": True, "message": str(message)}:
            word = message.strip().lower()
            if word in {Status.SENT, Status.PENDING}:
                return Status(word), word
        case {"success": False}:
            return _NO
    return Status.UNKNOWN, "odd_answer"


def _signs(data: object, text: str) -> _Signs:
    if data is None:
        said = _as_words(_page_text(text))
        return _Signs(gone=bool(_LOOSE_YES.search(text) or _GONE.fullmatch(said)))
    pairs = [*_pairs(data)]
    return _Signs(
        gone=any(_says_gone(key, value) for key, value in pairs),
        not_gone=any(_says_not_gone(key, value) for key, value in pairs),
        torn=any(value is _TORN for _, value in pairs),
    )


_TORN = object()


def _pairs(data: object) -> Iterator[tuple[str, object]]:
    """Name every value of a document with the key that it stands under."""
    left: list[tuple[str, object]] = [("message", data)]
    while left:
        key, value = left.pop()
        match value:
            case _Twice(values):
                yield key, _TORN
                left += [(key, each) for each in values]
            case dict():
                # An error's own key tells, whatever it holds.
                yield key, value
                left += [(re.sub("[_-]", "", str(k)).lower(), v) for k, v in value.items()]
            case list():
                yield key, value
                left += [(key, each) for each in value]
            case _:
                yield key, value


def _says_gone(key: str, value: object) -> bool:
    if key in _VERDICTS:
        return value is True or _as_words(value) in {"true", "1", "yes"}
    if key in _STATES:
        return _GONE.fullmatch(_as_words(value)) is not None
    return key in _IDS and isinstance(value, str | int) and bool(str(value).strip())


def _says_not_gone(key: str, value: object) -> bool:
    if key in _VERDICTS:
        return value is False or _as_words(value) in {"false", "0", "no"}
    if key in _ERRORS:
        return value is not _TORN and bool(value) and _as_words(value) not in {"false", "null", "0"}
    if key in _CODES and re.fullmatch("[45][0-9]{2}", _as_words(value)):
        return True
    return key in _STATES and key != "message" and _as_words(value) in _NOT_GONE


def _as_words(value: object) -> str:
    """Write a plain value for comparison; nothing of what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).lower().strip(" .!\"'\t\r\n").split())


def retry_after(header: str) -> float:
    """Read a Retry-After header (RFC 9110: seconds or a date) as seconds; 0 where it says nothing."""
    if re.fullmatch(r"\s*\d{1,6}\s*", header):
        return float(header)
    try:
        due = email.utils.parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # a year that no date has
        return 0.0
    if due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    return max(0.0, (due - datetime.now(UTC)).total_seconds())


def _json(text: str) -> object:
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Read an object; Python alone would keep the last of two values and forget the first."""
    found: dict[str, list[object]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {
        key: values[0] if _agree(values) else _Twice(tuple(values)) for key, values in found.items()
    }


def _agree(values: list[object]) -> bool:
    # By how they are written: to Python, True and 1 are the same.
    return len(values) == 1 or len({repr(each) for each in values}) == 1


def _conversation(data: object) -> str:
    match data:
        case {"data": {"conversation_id": str(conversation) | int(conversation)}}:
            return _id(str(conversation))
    return ""


def _id(text: str) -> str:
    return UNFIT.sub("", visible(text))[:100]


def _said(result: Status, reason: str, data: object, text: str) -> str:
    if result in {Status.SENT, Status.PENDING}:
        return ""
    # One sentence of a contradiction would tell half of it.
    said = _page_text(text) if reason == "contradiction" else _words(data, text)
    return " ".join(visible(UNFIT.sub(" ", said)).split())[:SAID_LIMIT]


def _words(data: object, text: str) -> str:
    """Pick what Atom says to people out of an answer: a message, or a page's text."""
    match data:
        case {"message": str(message)} if message.strip():
            return message
        case {"body": {"message": str(message)}} if message.strip():
            return message
    return _page_text(text)


def _page_text(text: str) -> str:
    return html.unescape(TAG.sub(" ", SCRIPT.sub(" ", text)))
