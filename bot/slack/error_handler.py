"""The one place where an error becomes words: in private, with who can help and a reference."""

import json
import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, FixTheForm, NotAllowed, Problem
from bot.locales import Translations, Translator
from bot.policy.people import Policy, can_be_helped, helpers
from bot.slack import send_form
from bot.slack.platform import error_messages, payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View, modal, section
from bot.slack.platform.client import (
    TRIGGER_EXPIRED,
    TRIGGER_USED,
    SlackRefused,
    respond,
    translate_slack_errors,
)
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

OK = 200
# What a pause alone does not mend.
NOT_BY_ITSELF = frozenset({"slack.refused", "slack.unchecked", "slack.untrusted"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a sentence: whom it may point at depends on that."""

    policy: Policy
    is_admin: bool
    sees_mentions: bool = True

    @classmethod
    def of(cls, directory: SlackDirectory, user: str, *, sees_mentions: bool = True) -> Self:
        """Say it of a person by what is known already."""
        return cls(directory.policy, directory.known_admin(user), sees_mentions)


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """Answers what a listener raised, in the way that its kind of request can be answered."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    background: BackgroundTasks

    def register(self, app: AsyncApp) -> None:
        """Connect the handler."""
        app.error(self.on_error)

    async def on_error(self, error: Exception, body: Payload) -> BoltResponse:
        """Log it once, and tell the person."""
        context = payloads.context(body)
        kind = payloads.kind(body)
        translator = self.translations.of(self.directory.known_locale(context.user))
        if _code_of(error) in TRIGGER_USED:
            # What was asked for stands open already: the same request came twice.
            logger.info("opened before", extra={"user": context.user, "kind": kind})
            return BoltResponse(status=OK, body="")
        if kind == "view_submission" and isinstance(error, FixTheForm):
            return _json(
                response_action="errors", errors=send_form.errors(error.problems, translator)
            )
        reference = new_reference()
        _log(error, context.user, kind, reference)
        field = _first_input(body)
        if kind == "view_submission" and field and not isinstance(error, NotAllowed):
            # Nothing that was typed is lost: the form stays, with the sentence in it, where nobody
            # can be named.
            reader = Reader.of(self.directory, context.user, sees_mentions=False)
            sentence = explain(error, translator, reference, reader)
            return _json(response_action="errors", errors={field: sentence})
        reader = Reader.of(self.directory, context.user)
        return self._answer(_sentence(error, translator, reference, reader, kind), body, translator)

    def _answer(self, sentence: str, body: Payload, translator: Translator) -> BoltResponse:
        kind = payloads.kind(body)
        if kind == "command":
            return _json(response_type="ephemeral", text=sentence)
        if kind == "view_submission":
            return _json(response_action="update", view=_says(sentence, translator))
        if kind == "block_suggestion":
            return _json(options=[])
        if kind in {"block_actions", "shortcut", "message_action"}:
            in_modal = payloads.part(body, "view").get("type") == "modal"
            self.background.start(
                self._tell(payloads.context(body), sentence, translator, in_modal=in_modal)
            )
        return BoltResponse(status=OK, body="")

    async def _tell(
        self,
        context: payloads.RequestContext,
        sentence: str,
        translator: Translator,
        *,
        in_modal: bool,
    ) -> None:
        # On top of a form: what is typed in it stays.
        show = self.client.views_push if in_modal else self.client.views_open
        try:
            if context.response_url:
                await respond(self.client, context.response_url, text=sentence)
                return
            try:
                with translate_slack_errors():
                    await show(trigger_id=context.trigger_id, view=_says(sentence, translator))
            except SlackRefused as error:
                if error.code not in TRIGGER_EXPIRED | TRIGGER_USED:
                    raise
                # No view can be shown any more; they are told all the same.
                with translate_slack_errors():
                    await self.client.chat_postMessage(channel=context.user, text=sentence)
        except BotError as error:
            logger.warning("could not tell", extra={"user": context.user, "reason": error.key})


def new_reference() -> str:
    """Name one failure, for the person and for the log."""
    # A letter in the middle: the log hides what could be a phone number.
    return f"{secrets.token_hex(2)[1:]}{secrets.choice('abcdef')}{secrets.token_hex(2)}"


def explain(error: Exception, translator: Translator, reference: str, reader: Reader) -> str:
    """Say what went wrong, who can help this reader, and under which name the log has it."""
    what, helps = translator("error.unexpected"), ""
    if isinstance(error, BotError):
        what = error_messages.sentence(Problem("", error.key, error.values), translator)
    if isinstance(error, NotAllowed):
        helps = who_helps(error.key, translator, reader)
    elif not isinstance(error, BotError) or error.key in NOT_BY_ITSELF:
        helps = _whom_to_tell(translator, reader)
    parts = [what, helps, translator("error.reference", reference=reference)]
    return " ".join(part for part in parts if part)


def who_helps(reason: str, translator: Translator, reader: Reader) -> str:
    """Say whom to ask about a refusal; nothing where nobody could change it."""
    if not can_be_helped(reason):
        return ""
    people = mentions(reader.policy)
    return translator("refused.ask", people=people) if people else translator("refused.ask_owner")


def _whom_to_tell(translator: Translator, reader: Reader) -> str:
    """Say what to do if it stays so. Of admins nobody is above them whom we could name."""
    if reader.is_admin:
        return translator("error.look")
    people = mentions(reader.policy)
    if people and reader.sees_mentions:
        return translator("error.tell", people=people)
    return translator("error.tell_admin" if people else "error.tell_owner")


def _sentence(
    error: Exception, translator: Translator, reference: str, reader: Reader, kind: str
) -> str:
    if _code_of(error) in TRIGGER_EXPIRED:
        late = translator("slack.too_late" if kind == "command" else "slack.too_late_to_open")
        return f"{late} {translator('error.reference', reference=reference)}"
    return explain(error, translator, reference, reader)


def mentions(policy: Policy) -> str:
    """Name the admins as Slack shows them; empty if none is listed."""
    return error_messages.mentions(helpers(policy))


def _log(error: Exception, user: str, kind: str, reference: str) -> None:
    about: dict[str, object] = {"user": user, "kind": kind, "reference": reference}
    if isinstance(error, BotError):
        logger.info("refused", extra={**about, "reason": error.key, **_code(error)})
    else:
        # Where it happened and no more: an exception's own text may hold what a person typed.
        where = traceback.extract_tb(error.__traceback__)
        steps = " < ".join(f"{step.filename}:{step.lineno}" for step in reversed(where))
        logger.error("unexpected", extra={**about, "reason": type(error).__name__, "where": steps})


def _code_of(error: Exception) -> str:
    return error.code if isinstance(error, SlackRefused) else ""


def _code(error: BotError) -> Mapping[str, str | int]:
    return {"slack_error": error.values["code"]} if "code" in error.values else {}


def _first_input(body: Payload) -> str:
    blocks = payloads.objects(payloads.part(body, "view"), "blocks")
    inputs = [block.get("block_id") for block in blocks if block.get("type") == "input"]
    return str(inputs[0]) if inputs else ""


def _says(sentence: str, translator: Translator) -> View:
    return modal(translator("form.title"), [section(sentence)], close=translator("form.close"))


def _json(**body: object) -> BoltResponse:
    return BoltResponse(
        status=OK, body=json.dumps(body), headers={"Content-Type": "application/json"}
    )
