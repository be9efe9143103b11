"""response_url: five answers in thirty minutes, wherever the person was."""

import dataclasses
import secrets
from collections.abc import Collection

from bot.demo.slack.blockkit import check_blocks
from bot.demo.slack.blocks import complete
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.messages import Message
from bot.demo.slack.workspace import TEAM, Workspace

USES, LIFE = 5, 30 * 60


@dataclasses.dataclass(slots=True)
class ResponseUrl:
    """One response_url: whose, from where, how often used."""

    user: str
    channel: str
    born: float
    original: str | None = None
    uses: int = 0


class ResponseUrls:
    """All response_urls that were ever given out."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._hooks: dict[str, ResponseUrl] = {}

    def url(self, kind: str, user: str, channel: str, original: str | None = None) -> str:
        """Give out a new one; `kind` is commands, actions or app, as in Slack's own."""
        path = f"/{kind}/{TEAM}/{7_000_000 + len(self._hooks)}/{secrets.token_urlsafe(12)}"
        self._hooks[path] = ResponseUrl(user, channel, self._workspace.clock.now(), original)
        return self._workspace.base_url + path

    def use(self, path: str, body: Json) -> None:
        """Carry out one answer. Raises Refusal as Slack does."""
        hook = self._hooks.get(path)
        if hook is None:
            raise Refusal("no_such_hook")
        if self._workspace.clock.now() - hook.born > LIFE:
            raise Refusal("expired_url")
        if hook.uses >= USES:
            raise Refusal("used_url")
        hook.uses += 1
        original = self._workspace.records.get((hook.channel, hook.original or ""))
        if body.get("delete_original"):
            if original:
                self._workspace.drop(original)
            return
        blocks, text = content(body, self._workspace.unknown_blocks)
        if body.get("replace_original") and original:
            changed = dataclasses.replace(original, text=text, blocks=tuple(blocks), edited=True)
            self._workspace.put(changed)
            return
        self._workspace.post(self.message(hook.user, hook.channel, body, text, blocks))

    def message(
        self, user: str, channel: str, body: Json, text: str, blocks: list[Json]
    ) -> Message:
        """Build the message of an answer: for this person only, unless it says in_channel."""
        shared = body.get("response_type") == "in_channel"
        draft = self._workspace.by_bot(channel, text, blocks)
        return dataclasses.replace(
            draft,
            only_for=None if shared else user,
            thread_ts=body.get("thread_ts") if shared else None,
            metadata=body.get("metadata"),
        )


def content(body: Json, unknown: Collection[str]) -> tuple[list[Json], str]:
    """Read a message's blocks and text, refusing what Slack refuses, and kinds it does not know."""
    blocks = body.get("blocks") or []
    text = body.get("text") or ""
    if not isinstance(text, str):
        raise Refusal("invalid_arguments", "[ERROR] must provide a string [json-pointer:/text]")
    if problems := [one.words() for one in check_blocks(blocks, unknown=unknown)]:
        raise Refusal("invalid_blocks", *problems, errors=[one[8:] for one in problems])
    if not blocks and not text and not body.get("attachments"):
        raise Refusal("no_text")
    return complete(blocks), text
