"""A template's form: drawn, and read back. The parameters come from the places of its text."""

import json
from collections.abc import Iterator, Mapping, Sequence

from bot.locales import Translator
from bot.send_draft import GROUP_LIMIT
from bot.slack.notifications.cards import escape
from bot.slack.platform import elements, payloads
from bot.slack.platform.blocks import Block, Element, View, modal, plain_section, section
from bot.slack.platform.payloads import Payload
from bot.slack.template_form import inputs, languages
from bot.slack.template_form.edits import TemplateEdit
from bot.slack.template_form.ids import (
    ACTIVE,
    ALLOWED,
    ALLOWED_GROUPS,
    APPROVAL,
    APPROVAL_FREE,
    ASSIGN,
    BODY,
    CALLBACK_ID,
    CATEGORY,
    CHANNELS,
    FIND_GROUP,
    FIND_LANGUAGE,
    FOOTER,
    GROUP,
    HEADER,
    ID,
    INPUT,
    LANGUAGE,
    NAME,
    OPEN_PARAMS,
)
from bot.templates import FOOTER_LIMIT, HEADER_LIMIT, Approval, Category, Template
from bot.templates.cautions import cautions, mark
from bot.templates.params import NAME_LIMIT

FAMILY = "template_form"
# An id is pasted with spaces around it, and of another length, our own words say so. Slack counts
# the characters that are left where they are few, which would puzzle here.
ID_ROOM = 100
CAUTIONS_TOLD = 5
NAMES_LIMIT = 1000  # of parameters, named by the button
UNLIMITED = {
    CHANNELS: "template_form.unlimited_channels",
    ALLOWED: "template_form.unlimited_people",
}


def build(draft: TemplateEdit, translator: Translator, groups: Mapping[str, str]) -> View:
    """Draw the form; `groups` has the names of user groups as far as they are known."""
    return modal(
        translator("template_form.title_edit" if draft.was else "template_form.title_new"),
        [
            *_warning(draft, translator),
            *_texts(draft.template, translator),
            *_params(draft, translator),
            *_menus(draft.template, translator),
            *_who_and_where(draft.template, translator, groups),
            *_approval(draft.template, translator, groups),
            *_the_rest(draft.template, translator),
        ],
        submit=translator("template_form.save"),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
        private_metadata=_write_note(draft),
    )


def read(view: Payload) -> TemplateEdit:
    """Read a submitted form back; its template has no parameters yet."""
    note = payloads.note_of(view)
    state = payloads.state(view)
    return TemplateEdit(
        user=note.get("user", ""),
        was=note.get("was", ""),
        source=note.get("source", ""),
        seen=note.get("seen", ""),
        asked=note.get("asked", ""),
        warned=tuple(note.get("warned", "").split()),
        template=Template(
            name=inputs.line(state.get(NAME)),
            id=inputs.line(state.get(ID)),
            language=payloads.chosen(state.get(LANGUAGE)),
            category=inputs.one_of(Category, state.get(CATEGORY), Category.UTILITY),
            body=inputs.lines(state.get(BODY)).strip(),
            header=inputs.line(state.get(HEADER)),
            footer=inputs.line(state.get(FOOTER)),
            group=inputs.line(state.get(GROUP)),
            assign=payloads.checked(state.get(ASSIGN)),
            allowed=inputs.values(state.get(ALLOWED)) + inputs.values(state.get(ALLOWED_GROUPS)),
            channels=inputs.values(state.get(CHANNELS)),
            approval=Approval.ALWAYS if payloads.checked(state.get(APPROVAL)) else Approval.NEVER,
            approval_free=inputs.values(state.get(APPROVAL_FREE)),
            active=payloads.checked(state.get(ACTIVE)),
        ),
    )


def _write_note(draft: TemplateEdit) -> str:
    note = {
        "user": draft.user,
        "was": draft.was,
        "source": draft.source,
        "seen": draft.seen,
        "asked": draft.asked,
        "warned": " ".join(draft.warned),
    }
    return json.dumps({key: value for key, value in note.items() if value})


def _block(
    field: str, element: Element, translator: Translator, *, optional: bool = False
) -> Block:
    return inputs.block(field, FAMILY, element, translator, optional=optional)


def _warning(draft: TemplateEdit, translator: Translator) -> Iterator[Block]:
    """Say on top what would become of a template that has no limits any more."""
    removed = " ".join(translator(UNLIMITED[field]) for field in draft.warned if field in UNLIMITED)
    if removed:
        yield section(translator("template_form.unlimited", removed=removed))
    told = [each for each in cautions(draft.template) if mark(each) in draft.warned]
    if told:
        sentences = (
            translator(
                each.key, **{name: escape(str(value)) for name, value in each.values.items()}
            )
            for each in told[:CAUTIONS_TOLD]
        )
        yield section(translator("template_form.cautions", cautions=" ".join(sentences)))


def _texts(template: Template, translator: Translator) -> Iterator[Block]:
    name = inputs.text(template.name, NAME_LIMIT, translator("template_form.name.placeholder"))
    its_id = inputs.text(template.id, ID_ROOM, translator("template_form.id.placeholder"))
    # With all the room there is: our own words say by how much a body is too long.
    example = translator("template_form.body.placeholder")
    body = inputs.text(template.body, inputs.TEXT_LIMIT, example, multiline=True)
    yield _block(NAME, name, translator)
    yield _block(ID, its_id, translator)
    yield _block(BODY, body, translator)
    header = inputs.text(template.header, HEADER_LIMIT)
    yield _block(HEADER, header, translator, optional=True)
    yield _block(FOOTER, inputs.text(template.footer, FOOTER_LIMIT), translator, optional=True)


def _params(draft: TemplateEdit, translator: Translator) -> Iterator[Block]:
    """Lead to the parameters that are saved; what stands in the form meanwhile waits there."""
    if not draft.was or not draft.template.params:
        return
    called = ", ".join(param.title for param in draft.template.params)
    if len(called) > NAMES_LIMIT:
        called = called[: NAMES_LIMIT - 1] + "…"
    yield plain_section(
        translator("template_form.params", names=called),
        block_id=OPEN_PARAMS,
        accessory=elements.button(OPEN_PARAMS, translator("template_form.edit_params")),
    )


def _menus(template: Template, translator: Translator) -> Iterator[Block]:
    language = {template.language: languages.called(template.language, translator)}
    language_menu = elements.external_select(
        FIND_LANGUAGE,
        inputs.options(language)[0] if template.language else None,
        placeholder=translator("template_form.language.placeholder"),
    )
    yield _block(LANGUAGE, language_menu, translator)
    offered = inputs.options({each: translator(f"category.{each}") for each in Category})
    chosen = next(each for each in offered if each["value"] == template.category)
    category_menu = elements.static_select(INPUT, offered, chosen)
    yield _block(CATEGORY, category_menu, translator)


def _who_and_where(
    template: Template, translator: Translator, groups: Mapping[str, str]
) -> Iterator[Block]:
    directory = [each for each in template.allowed if not each.startswith("S")]
    people_menu = elements.multi_users_select(INPUT, directory)
    yield _block(ALLOWED, people_menu, translator, optional=True)
    yield _block(
        ALLOWED_GROUPS, _groups(template.allowed, translator, groups), translator, optional=True
    )
    channel_menu = elements.multi_channels_select(INPUT, template.channels)
    yield _block(CHANNELS, channel_menu, translator, optional=True)


def _groups(listed: Sequence[str], translator: Translator, groups: Mapping[str, str]) -> Element:
    chosen = {each: groups.get(each, each) for each in listed if each.startswith("S")}
    return elements.multi_external_select(
        FIND_GROUP,
        inputs.options(chosen),
        placeholder=translator("template_form.allowed_groups.placeholder"),
    )


def _approval(
    template: Template, translator: Translator, groups: Mapping[str, str]
) -> Iterator[Block]:
    """Ask whether a second person must approve; people who need none are left as they are."""
    option = elements.option(translator("template_form.approval.option"), "approval")
    box = elements.checkbox(INPUT, option, checked=template.approval is Approval.ALWAYS)
    yield _block(APPROVAL, box, translator, optional=True)
    free = _groups(template.approval_free, translator, groups)
    yield _block(APPROVAL_FREE, free, translator, optional=True)


def _the_rest(template: Template, translator: Translator) -> Iterator[Block]:
    group = inputs.text(template.group, GROUP_LIMIT)
    yield _block(GROUP, group, translator, optional=True)
    assign = elements.option(translator("form.assign.option"), "assign")
    box = elements.checkbox(INPUT, assign, checked=template.assign)
    yield _block(ASSIGN, box, translator, optional=True)
    active = elements.option(translator("template_form.active.option"), "active")
    active_box = elements.checkbox(INPUT, active, checked=template.active)
    yield _block(ACTIVE, active_box, translator, optional=True)
