"""One person in front of Slack: a method for each thing that they can do, and what they see."""

import re

from bot.demo.slack.blocks import complete, elements
from bot.demo.slack.delivery import VERIFICATION, AppResponse
from bot.demo.slack.errors import Impossible, Json, Refusal
from bot.demo.slack.input_values import KEYS, pick, state, typed, values_of
from bot.demo.slack.messages import Channel, Message, escape
from bot.demo.slack.person.base import NOT_CONFIGURED, Result
from bot.demo.slack.person.files import FileGestures
from bot.demo.slack.person.modal import action_of
from bot.demo.slack.response_urls import content
from bot.demo.slack.workspace import APP_ID, DOMAIN, TEAM

TYPED_LINKS = re.compile(r"@(?P<user>[\w.-]+)|#(?P<channel>[\w-]+)|(?P<url>https?://\S+)")


class Person(FileGestures):
    """One person's gestures and what they can see."""

    @property
    def dm_channel(self) -> str:
        """The channel id of the direct message with the bot."""
        return self.workspace.direct(self.id).id

    def messages(self, channel: str) -> list[Message]:
        """Give what stands in a channel itself: no replies, nothing ephemeral."""
        return [
            one
            for one in self._seen(channel)
            if not one.ephemeral and (one.thread_ts in {None, one.ts} or one.broadcast)
        ]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Give a thread: the message that it hangs on, then the replies."""
        found = [one for one in self._seen(channel) if not one.ephemeral]
        return [one for one in found if ts in {one.ts, one.thread_ts}]

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """Give what only this person sees, Slack's own words too."""
        found = [one for one in self.workspace.messages if one.only_for == self.id]
        return [one for one in found if channel in {None, one.channel}]

    def dm(self) -> list[Message]:
        """Give the direct message with the bot, replies in threads left out."""
        return self.messages(self.dm_channel)

    def _seen(self, channel_id: str) -> list[Message]:
        channel = self.workspace.channels.get(channel_id)
        if channel is None or not self.workspace.sees(self.id, channel):
            return []
        return [one for one in self.workspace.messages if one.channel == channel_id]

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message and give its ts; control characters are escaped as Slack does."""
        place = self._writable(channel)
        words = escape(text)
        inside = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = complete([{"type": "rich_text", "elements": [inside]}])
        ts = self.workspace.ts()
        message = Message(place.id, ts, self.id, words, tuple(blocks), thread_ts)
        return self.workspace.post(message).ts

    async def command(
        self, channel: str, command: str, text: str = "", *, thread_ts: str | None = None
    ) -> Result:
        """Type a slash command into a channel (or, where Slack refuses it, into a thread)."""
        place = self._writable(channel)
        if thread_ts:
            return self._told(place, f"{command} is not supported in threads. Sorry!")
        app = self.workspace.app
        known = app.commands.get(command)
        if known is None or "commands" not in app.scopes or self.user.team_id != TEAM:
            return self._told(place, not_a_command(command))
        if known.get("should_escape"):
            text = self._escaped(text)
        self._used(place)
        payload = self._command_payload(place, command, text)
        answer = await self._send("slash_commands", payload)
        return self._command_answered(place, f"{command} {text}".strip(), answer)

    async def global_shortcut(self, callback_id: str, channel: str | None = None) -> Result:
        """Pick a shortcut from the menu; `channel` is what the person looks at meanwhile."""
        self._shortcut(callback_id, "global")
        payload = self._payload("shortcut")
        payload |= {"action_ts": self._stamp, "callback_id": callback_id}
        payload["trigger_id"] = self.workspace.views.trigger(self.id, channel=channel)
        return self._shortcut_answered(await self._interact(payload))

    async def message_shortcut(self, callback_id: str, channel: str, ts: str) -> Result:
        """Pick a shortcut from a message's menu."""
        self._shortcut(callback_id, "message")
        place = self._channel(channel)
        message = self._message(channel, ts)
        if message.ephemeral:
            raise Impossible("an ephemeral message has no shortcuts")
        self._used(place)
        payload = self._payload("message_action")
        payload |= {"action_ts": self._stamp, "callback_id": callback_id, "message_ts": ts}
        payload["channel"] = {"id": place.id, "name": place.payload_name}
        payload["message"] = self.workspace.payload(message)
        payload["trigger_id"] = self.workspace.views.trigger(self.id, channel=channel)
        payload["response_url"] = self._hooks.url("app", self.id, channel)
        return self._shortcut_answered(await self._interact(payload))

    async def click(
        self, channel: str, ts: str, action_id: str, *, confirm: bool = True, value: object = None
    ) -> Result:
        """Click a button in a message, or pick `value` from a menu in it."""
        self._active()
        message = self._message(channel, ts)
        for block in message.blocks:
            for element in elements(block):
                if element["action_id"] == action_id:
                    if element.get("confirm") and not confirm:
                        return Result()
                    return await self._click(message, block, element, value)
        raise Impossible(f"there is no {action_id} in the message: {message.shown}")

    async def open_home(self) -> Result:
        """Open the app's home tab."""
        return await self._open_app("home")

    async def open_messages_tab(self) -> Result:
        """Open the app's messages tab, the direct message with the bot."""
        return await self._open_app("messages")

    async def _open_app(self, tab: str) -> Result:
        self._active()
        if not self.workspace.app.hears("app_home_opened"):
            return Result()
        body: Json = {"user": self.id, "channel": self.dm_channel, "tab": tab}
        if tab == "home" and self.home:
            body["view"] = self._view_payload(self.home)
        return self._result(await self._deliveries.event("app_home_opened", body))

    def _message(self, channel_id: str, ts: str) -> Message:
        message = self.workspace.records.get((self._channel(channel_id).id, ts))
        if message is None or message.only_for not in {None, self.id}:
            raise Impossible(f"{self.id} sees no message {ts} in {channel_id}")
        return message

    def _used(self, channel: Channel) -> None:
        if channel.kind == "im":
            self.workspace.used_in.add(channel.id)

    def _told(self, channel: Channel, words: str) -> Result:
        message = self._from_slack(channel.id, words)
        return Result(shown=words, message=message, view=self.view)

    def _escaped(self, text: str) -> str:
        """Write people, channels and links as a command with should_escape gets them."""

        def link(found: re.Match[str]) -> str:
            if url := found["url"]:
                return f"<{url}>"
            if name := found["user"]:
                users = (one.id for one in self.workspace.people.values() if one.name == name)
                return next((f"<@{one}|{name}>" for one in users), found[0])
            for one in self.workspace.channels.values():
                if one.name == found["channel"]:
                    return f"<#{one.id}|{one.name if one.kind == 'public' else ''}>"
            return found[0]

        return TYPED_LINKS.sub(link, text)

    def _command_payload(self, channel: Channel, command: str, text: str) -> Json:
        return {
            "token": VERIFICATION,
            "team_id": TEAM,
            "team_domain": DOMAIN,
            "channel_id": channel.id,
            "channel_name": channel.payload_name,
            "user_id": self.id,
            "user_name": self.user.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._hooks.url("commands", self.id, channel.id),
            "trigger_id": self.workspace.views.trigger(self.id, channel=channel.id),
        }

    def _command_answered(self, channel: Channel, words: str, answer: AppResponse) -> Result:
        command = words.partition(" ")[0]
        if answer.failure:
            said = f'{command} failed with the error "{answer.slack_error}"'
            return self._result(answer, shown=said, message=self._from_slack(channel.id, said))
        body = answer.body
        told = body if isinstance(body, dict) else {"text": str(body or "")}
        if told.get("response_type") == "in_channel":
            self.workspace.post(Message(channel.id, self.workspace.ts(), self.id, words))
        if not told.get("text") and not told.get("blocks"):
            return self._result(answer)
        try:
            blocks, text = content(told, self.workspace.unknown_blocks)
            draft = self._hooks.message(self.id, channel.id, told, text, blocks)
            message = self.workspace.post(draft)
        except Refusal as refusal:
            said = f'{command} failed with the error "{refusal.error}"'
            return self._result(answer, shown=said, message=self._from_slack(channel.id, said))
        return self._result(answer, shown=message.shown, message=message)

    def _shortcut(self, callback_id: str, kind: str) -> None:
        self._active()
        app = self.workspace.app
        if self.user.team_id != TEAM:
            raise Impossible("people of other workspaces are not offered this app's shortcuts")
        if (callback_id, kind) not in app.shortcuts or "commands" not in app.scopes:
            raise Impossible(f"the manifest has no {kind} shortcut {callback_id}")
        if not app.interactive:
            raise Impossible("the manifest does not enable interactivity")

    def _shortcut_answered(self, answer: AppResponse) -> Result:
        return self._result(answer, shown=answer.slack_error, trouble=answer.slack_error)

    async def _click(self, message: Message, block: Json, element: Json, value: object) -> Result:
        if not self.workspace.app.interactive:
            return Result(shown=NOT_CONFIGURED, trouble=NOT_CONFIGURED)
        values, extra = values_of(message.blocks, {}), {}
        if key := KEYS.get(element["type"]):
            extra = {key: typed(element, value)}
            values[block["block_id"]][element["action_id"]] = state(element, extra[key])
        elif "options" in element:
            extra = {"selected_option": pick(element["options"], value)}
        channel = self._channel(message.channel)
        payload = self._payload("block_actions")
        payload["container"] = container_of(message)
        payload["trigger_id"] = self.workspace.views.trigger(self.id, channel=channel.id)
        payload["channel"] = {"id": channel.id, "name": channel.payload_name}
        if not message.ephemeral:
            payload["message"] = self.workspace.payload(message)
        payload["state"] = {"values": values}
        payload["response_url"] = self._hooks.url("actions", self.id, channel.id, message.ts)
        payload["actions"] = [action_of(block, element, extra, self._stamp)]
        answer = await self._interact(payload)
        return self._result(answer, shown=answer.slack_error, trouble=answer.slack_error)


def container_of(message: Message) -> Json:
    """Say where a clicked button stands."""
    told: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    told["is_ephemeral"] = message.ephemeral
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    return told


def not_a_command(command: str) -> str:
    """Give Slack's words for a command that no app registered."""
    return (
        f"{command} is not a valid command. In Slack, all messages that start with the "
        '"/" character are interpreted as commands.'
    )
