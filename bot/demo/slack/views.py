"""Modals, home tabs and the triggers that open them."""

import dataclasses
import secrets
from collections.abc import Callable, Mapping, Sequence

from bot.demo.clock import Clock
from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.demo.slack.blocks import complete_view, visible_text
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.input_values import Values, values_of

STACK = 3
FLAGS = {"clear_on_close": False, "notify_on_close": False}


@dataclasses.dataclass(frozen=True, slots=True)
class Trigger:
    """The right to open one modal for one person, for three seconds."""

    user: str
    born: float
    channel: str | None = None
    view: str | None = None
    spent: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """One view as it stands now; every change makes a new one with the same id."""

    id: str
    user: str
    spec: Json
    hash: str
    values: Values
    root: str
    previous: str | None = None
    channel: str | None = None
    errors: Mapping[str, str] = dataclasses.field(default_factory=dict)
    trouble: str = ""
    known: frozenset[str] = frozenset()
    """The blocks whose values the bot has been told without a submission."""

    @property
    def callback_id(self) -> str:
        return str(self.spec.get("callback_id") or "")

    @property
    def external_id(self) -> str:
        return str(self.spec.get("external_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.spec.get("private_metadata") or "")

    @property
    def blocks(self) -> Sequence[Json]:
        return tuple(self.spec["blocks"])

    @property
    def title(self) -> str:
        return str((self.spec.get("title") or {}).get("text", ""))

    @property
    def submit(self) -> str | None:
        """The words on the submit button; None where there is no button."""
        return (self.spec.get("submit") or {}).get("text")

    @property
    def text(self) -> str:
        """Everything a person can read in it."""
        return visible_text(self.blocks)

    def payload(self, team: str, app: str, bot: str) -> Json:
        told: Json = {"id": self.id, "team_id": team, "type": self.spec["type"]}
        told |= {"blocks": list(self.blocks), "private_metadata": self.private_metadata}
        told |= {"callback_id": self.callback_id, "state": {"values": self.values}}
        told["hash"] = self.hash
        home = {"type": "plain_text", "text": "View Title", "emoji": True}
        told["title"] = self.spec.get("title") or home
        told |= {name: bool(self.spec.get(name)) for name in FLAGS}
        told |= {"close": self.spec.get("close"), "submit": self.spec.get("submit")}
        told |= {"previous_view_id": self.previous, "root_view_id": self.root, "app_id": app}
        told |= {"external_id": self.external_id, "app_installed_team_id": team, "bot_id": bot}
        return told


class Views:
    """All open modals (a stack a person), all home tabs, all triggers."""

    def __init__(self, clock: Clock, touch: Callable[[], None], trigger_life: float) -> None:
        self._clock = clock
        self._touch = touch
        self._life = trigger_life
        self.open_views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}

    def stack(self, user: str) -> list[View]:
        return [self.open_views[one] for one in self.stacks.get(user, ())]

    def home(self, user: str) -> View | None:
        return self.open_views.get(self.homes.get(user, ""))

    def trigger(self, user: str, *, channel: str | None = None, view: str | None = None) -> str:
        made = f"{len(self.triggers) + 7_000_000}.4567890123456.{secrets.token_hex(16)}"
        self.triggers[made] = Trigger(user, self._clock.now(), channel, view)
        return made

    def open(self, trigger_id: str, spec: object) -> View:
        """Open a modal; what else this person had open goes."""
        view = self._checked(spec)
        trigger = self._trigger(trigger_id)
        self.clear(trigger.user)
        return self._add(self._spend(trigger_id), view, previous=None)

    def push(self, trigger_id: str, spec: object) -> View:
        """Put a modal on top of the one that the trigger comes from."""
        view = self._checked(spec)
        trigger = self._trigger(trigger_id)
        below = self.stacks.get(trigger.user, [])
        if trigger.view is None or trigger.view not in below:
            raise Refusal("not_found")
        if len(below) >= STACK:
            raise Refusal("push_limit_reached")
        return self._add(self._spend(trigger_id), view, previous=below[-1])

    def push_on(self, top: View, spec: object) -> View:
        """Put a modal on top of one, as the answer to its submission."""
        view = self._checked(spec)
        if len(self.stacks.get(top.user, ())) >= STACK:
            raise Refusal("push_limit_reached")
        return self._add(Trigger(top.user, 0.0, top.channel), view, previous=top.id)

    def update(self, old: View, spec: object, given_hash: str | None = None) -> View:
        """Replace a view's content; typed values stay where block_id and action_id stay."""
        kind = old.spec["type"]
        new = self._checked(spec, kind=kind, but=old.id)
        if given_hash and given_hash != old.hash:
            raise Refusal("hash_conflict")
        values = values_of(new["blocks"], old.values, old.channel)
        return self.put(
            dataclasses.replace(
                old, spec=new, values=values, hash=self._hash(), errors={}, trouble=""
            )
        )

    def publish(self, user: str, spec: object, given_hash: str | None = None) -> View:
        old = self.home(user)
        if old is not None:
            return self.update(old, spec, given_hash)
        new = self._checked(spec, kind="home")
        if given_hash:
            raise Refusal("hash_conflict")
        name = self._name()
        self.homes[user] = name
        values = values_of(new["blocks"], {})
        return self.put(View(name, user, new, self._hash(), values, root=name))

    def find(self, view_id: str | None, external_id: str | None) -> View:
        for view in self.open_views.values():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise Refusal("not_found")

    def put(self, view: View) -> View:
        self.open_views[view.id] = view
        self._touch()
        return view

    def close(self, view: View) -> None:
        """Close a view and what lies on top of it."""
        stack = self.stacks[view.user]
        first = stack.index(view.id)
        for gone in stack[first:]:
            del self.open_views[gone]
        del stack[first:]
        self._touch()

    def clear(self, user: str) -> None:
        for gone in self.stacks.pop(user, ()):
            del self.open_views[gone]
        self._touch()

    def _checked(self, spec: object, *, kind: str = "modal", but: str | None = None) -> Json:
        problems = check_view(spec, kind=kind)
        if problems or not isinstance(spec, dict):
            raise Refusal("invalid_arguments", *(one.words() for one in problems))
        if size_of(spec) > VIEW_BYTES:
            raise Refusal("view_too_large")
        name = spec.get("external_id")
        if name and any(v.external_id == name and v.id != but for v in self.open_views.values()):
            raise Refusal("duplicate_external_id")
        return complete_view(spec)

    def _trigger(self, trigger_id: str) -> Trigger:
        """Find a trigger that is still good, without spending it."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.spent:
            raise Refusal("exchanged_trigger_id")
        if self._clock.now() - trigger.born > self._life:
            raise Refusal("expired_trigger_id")
        return trigger

    def _spend(self, trigger_id: str) -> Trigger:
        spent = dataclasses.replace(self.triggers[trigger_id], spent=True)
        self.triggers[trigger_id] = spent
        return spent

    def _add(self, trigger: Trigger, spec: Json, previous: str | None) -> View:
        name = self._name()
        stack = self.stacks.setdefault(trigger.user, [])
        values = values_of(spec["blocks"], {}, trigger.channel)
        root = stack[0] if stack else name
        stack.append(name)
        return self.put(
            View(
                name,
                trigger.user,
                spec,
                self._hash(),
                values,
                root=root,
                previous=previous,
                channel=trigger.channel,
            )
        )

    def _name(self) -> str:
        return f"V0{secrets.token_hex(5).upper()}"

    def _hash(self) -> str:
        return f"{int(self._clock.now())}.{secrets.token_urlsafe(6)}"
