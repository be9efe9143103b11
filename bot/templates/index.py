"""Templates by their whole names: arranged once, for all who type one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.templates import Template


@dataclass(frozen=True, slots=True)
class Index:
    """Finds a template by its folded name."""

    by_name: Mapping[str, Template] = field(default_factory=dict)
    most_words: int = 0

    def adding(self, templates: Iterable[Template]) -> "Index":
        """Return one with more templates."""
        more = {each.folded: each for each in templates}
        most = max((len(name.split()) for name in more), default=0)
        return Index({**self.by_name, **more}, max(self.most_words, most))
