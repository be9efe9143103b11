"""What a person does in a modal or a home tab: fill, pick, click, submit, close."""

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import overload

from bot.demo.slack.blocks import elements
from bot.demo.slack.delivery import AppResponse
from bot.demo.slack.errors import Impossible, Json, Refusal
from bot.demo.slack.files import FORM_BYTES, File
from bot.demo.slack.input_values import KEYS, pick, refused, state, stateful, typed
from bot.demo.slack.person.base import NOT_CONFIGURED, TROUBLE, PersonBase, Result
from bot.demo.slack.person.suggestions import options_of
from bot.demo.slack.views import View

CONVERSATIONS = ("selected_conversation", "selected_channel")
CARRIED = ("placeholder", "text", "value", "style")


class ModalGestures(PersonBase):
    """The gestures inside a view."""

    async def fill(
        self,
        block_id: str,
        value: object,
        *,
        action_id: str | None = None,
        dispatch: bool = True,
    ) -> Result | None:
        """Type or pick a value; the bot hears at once where the input dispatches (a Result then).

        Without `dispatch` the person is not done yet with the field: the bot hears nothing.
        Text is typed as it is; options are named by value, by text or whole; several as a list;
        True ticks all checkboxes; dates also as date, time or datetime; files as (name, bytes) or
        as a File of the workspace.
        Raises Impossible if the block is not there or does not offer the value.
        """
        self._active()
        view = self._top()
        block, element = self._field(view, block_id, action_id)
        chosen = await self._value(element, block_id, value)
        # The bot may have changed the view while it was asked for options.
        view = self.workspace.views.find(view.id, None)
        values = {name: dict(inside) for name, inside in view.values.items()}
        values[block_id][element["action_id"]] = state(element, chosen)
        self.workspace.views.put(dataclasses.replace(view, values=values))
        if not dispatch or (block["type"] == "input" and not block["dispatch_action"]):
            return None
        return await self._act(view.id, block, element, {KEYS[element["type"]]: chosen})

    async def suggest(
        self, block_id: str, text: str = "", *, action_id: str | None = None
    ) -> list[Json]:
        """Type into an external select and get the options that the bot offers."""
        view = self._top()
        _, element = self._field(view, block_id, action_id)
        if not element["type"].endswith("external_select"):
            raise Impossible(f"{block_id} does not ask the bot for options")
        if len(text) < element.get("min_query_length", 3):
            return []
        if self._deliveries.over_http and "block_suggestion" not in self.workspace.app.urls:
            raise Impossible("the manifest has no message_menu_options_url: Slack asks nobody")
        payload = self._payload("block_suggestion")
        payload |= {"container": {"type": "view", "view_id": view.id}, "value": text}
        payload |= {"action_id": element["action_id"], "block_id": block_id}
        payload["view"] = self._view_payload(view)
        return options_of(await self._interact(payload))

    async def click_in_view(
        self,
        action_id: str,
        block_id: str | None = None,
        *,
        confirm: bool = True,
        value: object = None,
    ) -> Result:
        """Click a button, or pick from an overflow menu, in the view."""
        self._active()
        view = self._top()
        for block in view.blocks:
            for element in elements(block):
                if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
                    if element.get("confirm") and not confirm:
                        return Result(view=view)
                    chosen = pick(element["options"], value) if "options" in element else None
                    extra = {"selected_option": chosen} if chosen else {}
                    return await self._act(view.id, block, element, extra)
        raise Impossible(f"there is no {action_id} in the view: {view.text}")

    @overload
    async def submit(self) -> Result: ...
    @overload
    async def submit(self, *, times: int) -> list[Result]: ...
    async def submit(self, *, times: int | None = None) -> Result | list[Result]:
        """Press the submit button; with `times`, so often at once, and get a list."""
        self._active()
        view = self.view
        if view is None or view.submit is None:
            raise Impossible(f"{self.id} has no modal with a submit button")
        if times is None:
            return await self._submit(view)
        return list(await asyncio.gather(*(self._submit(view) for _ in range(times))))

    async def close(self, *, everything: bool = False) -> Result:
        """Press Cancel, or with `everything` the cross that closes the whole stack."""
        top = self.view
        if top is None:
            raise Impossible(f"{self.id} has no modal open")
        cleared = everything or bool(top.spec.get("clear_on_close"))
        view = self.views[0] if cleared else top
        if cleared:
            self.workspace.views.clear(self.id)
        else:
            self.workspace.views.close(top)
        if not view.spec.get("notify_on_close"):
            return Result(closed=True, view=self.view)
        told = {name: one for name, one in view.values.items() if name in view.known}
        payload = self._payload("view_closed")
        payload["view"] = self._view_payload(dataclasses.replace(view, values=told))
        payload["is_cleared"] = cleared
        return self._result(await self._interact(payload), closed=True)

    def _field(self, view: View, block_id: str, action_id: str | None) -> tuple[Json, Json]:
        for block, element in stateful(view.blocks):
            if block["block_id"] == block_id and action_id in {None, element["action_id"]}:
                return block, element
        there = ", ".join(block["block_id"] for block, _ in stateful(view.blocks))
        raise Impossible(f"there is no field {block_id} in the view, only: {there or 'none'}")

    async def _value(self, element: Json, block_id: str, value: object) -> object:
        kind, key = element["type"], KEYS[element["type"]]
        if kind == "external_select" and isinstance(value, str):
            return await self._suggested(element, block_id, value)
        if kind == "multi_external_select":
            wanted = value if isinstance(value, list) else [value]
            return [
                await self._suggested(element, block_id, one) if isinstance(one, str) else one
                for one in wanted
            ]
        chosen = typed(element, value)
        if kind == "file_input" and isinstance(chosen, list):
            return [self._given_file(one) for one in chosen]
        everything = chosen if isinstance(chosen, list) else [chosen]
        for one in everything:
            self._offered(element, key, one)
        return chosen

    async def _suggested(self, element: Json, block_id: str, wanted: str) -> Json:
        low = element.get("min_query_length", 3)
        text = "" if low == 0 else wanted
        options = await self.suggest(block_id, text, action_id=element["action_id"])
        return pick(options, wanted)

    def _given_file(self, given: Json | File | tuple[str, bytes]) -> Json:
        """Describe a file that was chosen, new or already there; from then on the app may read it.

        Raises Impossible for one that Slack's client does not take.
        """
        if isinstance(given, dict):
            there = self.workspace.files.get(given["id"])
            if there is None:
                return given
            given = there
        file = given if isinstance(given, File) else self.workspace.add_file(*given, self.id)
        if file.size > FORM_BYTES:
            raise Impossible(f"{file.name} is larger than 10 MB.")
        return self.workspace.files.change(file.id, is_in_form=True).stub(self.workspace.base_url)

    def _offered(self, element: Json, key: str, chosen: object) -> None:
        """Refuse people and conversations that the menu does not list."""
        if not isinstance(chosen, str):
            return
        if key.startswith("selected_user") and chosen not in self.workspace.people:
            raise Impossible(f"{chosen} is not in the menu")
        if key.startswith(CONVERSATIONS):
            channel = self._channel(chosen)
            rules = element.get("filter") or {}
            kinds = rules.get("include", ["public", "private", "im", "mpim"])
            outside = channel.shared and rules.get("exclude_external_shared_channels")
            if channel.kind not in kinds or outside:
                raise Impossible(f"{chosen} is not in the menu")

    async def _act(self, view_id: str, block: Json, element: Json, extra: Json) -> Result:
        if not self.workspace.app.interactive:
            return Result(trouble=NOT_CONFIGURED, shown=NOT_CONFIGURED, view=self.view)
        views = self.workspace.views
        view = views.find(view_id, None)
        known = view.known | {block["block_id"]}
        view = views.put(dataclasses.replace(view, known=known))
        payload = self._payload("block_actions")
        payload["container"] = {"type": "view", "view_id": view.id}
        payload["trigger_id"] = views.trigger(self.id, channel=view.channel, view=view.id)
        payload["view"] = self._view_payload(view)
        payload["actions"] = [action_of(block, element, extra, self._stamp)]
        answer = await self._interact(payload)
        trouble = TROUBLE if answer.failure else ""
        return self._result(answer, trouble=trouble, shown=trouble)

    async def _submit(self, view: View) -> Result:
        errors = refused(view.blocks, view.values)
        if errors:
            self.workspace.views.put(dataclasses.replace(view, errors=errors))
            return Result(errors=errors, view=self.view)
        if not self.workspace.app.interactive:
            return Result(trouble=NOT_CONFIGURED, shown=NOT_CONFIGURED, view=view)
        views = self.workspace.views
        payload = self._payload("view_submission")
        payload["trigger_id"] = views.trigger(self.id, channel=view.channel, view=view.id)
        payload["view"] = self._view_payload(view)
        payload["response_urls"] = self._response_urls(view)
        answer = await self._interact(payload)
        return self._answered(view, answer)

    def _response_urls(self, view: View) -> list[Json]:
        urls: list[Json] = []
        for block, element in stateful(view.blocks):
            if block["type"] != "input" or not element.get("response_url_enabled"):
                continue
            chosen = view.values[block["block_id"]][element["action_id"]][KEYS[element["type"]]]
            if chosen:
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                url = self._hooks.url("app", self.id, chosen)
                urls.append({**ids, "channel_id": chosen, "response_url": url})
        return urls

    def _answered(self, view: View, answer: AppResponse) -> Result:
        """Do to the modal what the bot's answer to the submission says."""
        trouble, errors = "", {}
        now = self.workspace.views.open_views.get(view.id)
        if answer.failure:
            trouble = TROUBLE
        elif now is not None:
            try:
                errors = self._respond(now, answer.body)
            except Refusal as refusal:
                trouble = " ".join((TROUBLE, refusal.error, *refusal.messages))
        still = self.workspace.views.open_views.get(view.id)
        if still is not None:
            self.workspace.views.put(dataclasses.replace(still, errors=errors, trouble=trouble))
        return self._result(
            answer, errors=errors, trouble=trouble, shown=trouble, closed=still is None
        )

    def _respond(self, view: View, body: object) -> dict[str, str]:
        views = self.workspace.views
        if body in ("", None, {}):
            views.close(view)
            return {}
        action = body.get("response_action") if isinstance(body, dict) else None
        if action == "errors" and isinstance(body, dict):
            return named_errors(view.blocks, body.get("errors"))
        if action == "update" and isinstance(body, dict):
            views.update(view, body.get("view"))
        elif action == "push" and isinstance(body, dict):
            views.push_on(view, body.get("view"))
        elif action == "clear":
            views.clear(self.id)
        else:
            raise Refusal("invalid_response", f"the answer is no response_action: {body!r:.200}")
        return {}


def named_errors(blocks: Sequence[Json], errors: object) -> dict[str, str]:
    """Check the errors of a submission's answer: each must name an input block."""
    inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refusal("invalid_response", "errors must be an object that is not empty")
    for name, words in errors.items():
        if name not in inputs:
            raise Refusal("invalid_response", f"{name} is no input block of this view")
        if not isinstance(words, str) or not words:
            raise Refusal("invalid_response", f"the error of {name} is no text")
    return errors


def action_of(block: Json, element: Json, extra: Json, stamp: str) -> Json:
    """Describe what was clicked or picked, as `actions[0]` of a payload."""
    told = {"type": element["type"], "action_id": element["action_id"]}
    told |= {"block_id": block["block_id"]}
    told |= {name: element[name] for name in CARRIED if name in element}
    return told | extra | {"action_ts": stamp}
