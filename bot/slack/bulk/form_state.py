"""The form for a list as a person sees it, and what becomes of it."""

from dataclasses import dataclass, replace

from bot.bulk.batches import ListFile
from bot.errors import Problem
from bot.sends import Origin
from bot.slack.send_form.state import proposals
from bot.slack.send_form.when import NOW, When
from bot.templates import Template


@dataclass(frozen=True, slots=True)
class ListForm:
    """What is filled in, whose it is, and where the list's card goes."""

    user: str
    origin: Origin
    template: Template | None = None
    file: ListFile | None = None  # of the message it was opened from, or as it was handed in
    files: tuple[ListFile, ...] = ()  # the message's, where it has several to choose from
    group: str = ""
    assign: bool = False
    more: bool = False  # somebody asked for what few lists need
    when: When = NOW
    asks_channel: bool = False  # there is no channel of its own: it is opened from Home
    channel: str = ""
    thread: str = ""  # the sentence that says in which one the card will be
    notice: Problem | None = None  # what is to be said on top
    suggestions: tuple[Template, ...] = ()  # which ones the typed name may have meant
    unparsed: tuple[str, ...] = ()  # words of the command that found no field
    menu_version: int = 0  # how often the menu of templates was set by us, and not by the person

    @property
    def place(self) -> str:
        """The channel that a template must be for; empty where that is still open."""
        return self.channel if self.asks_channel else self.origin.channel

    @property
    def shows_more(self) -> bool:
        """Whether there are fields for group and assignment: else both are as proposed."""
        return self.more or (self.group, self.assign) != proposals(self.template)

    def choosing(self, template: Template) -> "ListForm":
        """Return the form for a template, with what that proposes unless a person said it."""
        group, assign = proposals(self.template)
        return replace(
            self,
            template=template,
            group=template.group if self.group in {"", group} else self.group,
            assign=template.assign if self.assign == assign else self.assign,
            notice=None,
            suggestions=(),
        )

    def without_template(self, notice: Problem | None = None) -> "ListForm":
        """Return the form before a template is chosen."""
        group, assign = proposals(self.template)
        return replace(
            self,
            template=None,
            group="" if self.group == group else self.group,
            assign=self.assign and self.assign != assign,
            notice=notice,
        ).set_by_us()

    def set_by_us(self) -> "ListForm":
        """Return the form with a new menu: Slack leaves in the old one what the person chose."""
        return replace(self, menu_version=self.menu_version + 1)
