"""What is said on top of the form: what it is, what was meant, what found no field."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.locales import Translator
from bot.sends import SAID_LIMIT
from bot.slack.notifications.cards import escape
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, actions, context, section
from bot.slack.platform.error_messages import sentence, short
from bot.slack.send_form import confirmation, metadata, when
from bot.slack.send_form.command_parser import params_text
from bot.slack.send_form.ids import MEAN, MEANT, THREAD
from bot.slack.send_form.state import Form
from bot.templates import meant_param

UNPARSED_LIMIT = 500  # escaped it may have five times that, and a section takes 3,000
TOLD = 100  # characters of what was typed that are said again


def draw(form: Form, translator: Translator) -> Iterator[Block]:
    """Say on top of the form what must be known of it."""
    if form.is_test:
        yield section(translator("form.test_is_real"))
    if form.thread:
        yield context(form.thread, block_id=THREAD)
    yield from confirmation.draw(form, translator)
    yield from when.ask(form.when, translator)
    if form.notice:
        limit = SAID_LIMIT if form.notice.key == "form.atom_said" else TOLD
        values = {name: escape(short(str(v), limit)) for name, v in form.notice.values.items()}
        yield section(sentence(replace(form.notice, values=values), translator))
    if form.suggestions:
        buttons = [
            elements.button(f"{MEAN}.{number}", each.name, each.id)
            for number, each in enumerate(form.suggestions)
        ]
        yield actions(buttons, block_id=MEANT)
    yield from _without_field(form, translator)


def _without_field(form: Form, translator: Translator) -> Iterator[Block]:
    """Say what was typed and stands in no field, so that nothing is lost."""
    # Without a template values wait for one, as far as there is room.
    unplaced = metadata.unplaced(form)
    lost = unplaced if form.known or not metadata.kept(unplaced) else ()
    if unplaced and not lost and not form.template:
        yield context(translator("form.waiting", words=_listed(map(_pair, unplaced))))
    unfit = [each for each in lost if form.known and meant_param(form.known, each[0])]
    if unfit:
        yield section(translator("form.unfit", words=_listed(map(_pair, unfit))))
    rest = [_pair(each) for each in lost if each not in unfit]
    if unparsed := [*form.unparsed, *form.cut_off(), *rest]:
        yield section(translator("form.unread", words=_listed(unparsed)))


def _pair(pair: tuple[str, str]) -> str:
    return params_text([pair])


def _listed(texts: Iterable[str]) -> str:
    return escape(short(", ".join(texts), UNPARSED_LIMIT))
