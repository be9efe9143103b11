"""What a person does in the form, recorded once with the real bot before the whole stand-in.

Repeated afterwards, it stays what Slack would send, however the form changes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogue import LONG, SHORT, name, template, templates
from benchmarks.settings import ATOM_TOKEN, BOT_TOKEN, environment, keep
from benchmarks.slack import Answers
from benchmarks.traffic import SECRET, Gesture
from bot.demo.atom.server import AtomStandIn
from bot.demo.process import BotProcess, free_port
from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.demo.traffic import Record
from bot.slack import manifest

COMMAND = "/whatsapp-template"
ENOUGH = SHORT + 2  # templates
PHONE = "+50761234567"
VALUE = "12 de mayo"
PER_PERSON = frozenset({"users.info"})


@dataclass(frozen=True, slots=True)
class Recording:
    """A person's gestures, and what Slack answered to the bot meanwhile."""

    answers: Answers
    command: Gesture
    admins_command: Gesture
    suggestion: Gesture
    choices: dict[int, Gesture]
    """By the number of the template that is chosen."""
    submission: Gesture
    view_id: str
    """Of the form that was submitted."""
    home: Gesture

    def typed(self, text: str, *, by_admin: bool = False) -> Gesture:
        """Return the command with these words."""
        return (self.admins_command if by_admin else self.command).saying(text=text)

    def suggested(self, text: str) -> Gesture:
        """Return the question for options while this is typed."""
        return self.suggestion.saying(value=text)

    def submitted(self, number: int) -> Gesture:
        """Return a submission of its own, to a phone of its own."""
        view_id = f"V{10**9 + number}"
        made = self.submission.replacing(self.view_id, view_id)
        return made.replacing(PHONE.lstrip("+"), f"5076{number % 10**7:07}")


async def record(folder: Path) -> Recording:
    """Let a person use every surface once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events"
    slack = await SlackStandIn.start(
        manifest=manifest.build(url),
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        rate_limits=False,
        deadline=30.0,
    )
    atom = await AtomStandIn.start(token=ATOM_TOKEN)
    settings = environment(f"sqlite:///{folder}/recording.db", slack.api_url, atom.url)
    bot = None
    try:
        await keep(templates(ENOUGH), settings, folder)
        log = folder / "recording.log"
        bot = await BotProcess.start("serve", environment=settings | {"PORT": str(port)}, log=log)
        slack.connect(url)
        await slack.ready(timeout=60.0)
        view_id = await _use(slack, slack.person(seed.ALICE))
        await slack.person(seed.CARLA).command(seed.SOPORTE, COMMAND, "status 4567")
        await slack.until(lambda: _is_told(slack.traffic), timeout=30.0)
        return _recording(slack.traffic, view_id)
    finally:
        if bot is not None:
            bot.kill()
            await bot.wait()
        await slack.close()
        await atom.close()


async def _use(slack: SlackStandIn, person: Person) -> str:
    """Open, choose, fill in and submit; return the view's id."""
    await person.open_home()
    await slack.settled()
    await person.command(seed.SOPORTE, COMMAND, "")
    for number in (LONG, SHORT):
        found = await person.suggest("template", name(number))
        await person.fill("template", found[0])
    await person.fill("phone", PHONE)
    for param in template(SHORT).params:
        await person.fill(f"param.{param.name}", VALUE, dispatch=False)
    view = person.view
    if view is None or not (await person.submit()).closed:
        raise RuntimeError(f"the form was not taken.\n{slack.dump()}")
    return view.id


def _is_told(traffic: Sequence[Record]) -> bool:
    posts = [one.payload for one in traffic if one.kind == "chat.postMessage"]
    return any(post.get("thread_ts") and "send_id" in json.dumps(post) for post in posts)


def _recording(traffic: Sequence[Record], view_id: str) -> Recording:
    def told(kind: str) -> list[Record]:
        return [one for one in traffic if one.kind == kind and one.direction == "to_bot"]

    commands = told("slash_commands")
    chosen = [
        one for one in told("block_actions") if one.payload["actions"][0]["block_id"] == "template"
    ]
    return Recording(
        answers=_answers(traffic),
        command=Gesture("slash_commands", commands[0].payload),
        admins_command=Gesture("slash_commands", commands[-1].payload),
        suggestion=Gesture("interactive", told("block_suggestion")[0].payload),
        choices={
            number: Gesture("interactive", one.payload)
            for number, one in zip((LONG, SHORT), chosen, strict=True)
        },
        submission=Gesture("interactive", told("view_submission")[-1].payload),
        view_id=view_id,
        home=Gesture("events_api", told("app_home_opened")[0].payload),
    )


def _answers(traffic: Sequence[Record]) -> Answers:
    """Keep the first good answer of each method."""
    answers: dict[tuple[str, str], str] = {}
    for one in traffic:
        if one.direction == "from_bot" and isinstance(one.answer, dict) and one.answer.get("ok"):
            who = str(one.payload.get("user")) if one.kind in PER_PERSON else ""
            answers.setdefault((one.kind, who), json.dumps(one.answer))
    return answers
