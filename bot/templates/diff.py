"""What an import would change in the catalogue, for a person to see before it does."""

import dataclasses
from collections.abc import Iterator, Sequence

from bot.templates import Template
from bot.templates.params import Param


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One field of a template, before and after; a parameter that comes or goes has one side."""

    field: str
    before: object
    after: object


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """All that an import would change."""

    added: tuple[Template, ...]
    changed: tuple[tuple[Template, tuple[Change, ...]], ...]  # as they are called now
    removed: tuple[Template, ...]
    reordered: bool  # of the templates that stay

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.changed or self.removed or self.reordered)


def compare(old: Sequence[Template], new: Sequence[Template]) -> Difference:
    """Tell two catalogues apart. The same id is the same template, or else the same name."""
    by_id = {template.id: template for template in old}
    by_name = {template.folded: template for template in old}
    kept_ids = {template.id for template in new} & by_id.keys()
    pairs: list[tuple[Template, Template]] = []
    added: list[Template] = []
    for template in new:
        before = by_id.get(template.id) or by_name.get(template.folded)
        # Somebody else's id in the new catalogue: that one is it, whatever it is called now.
        if before is None or (before.id != template.id and before.id in kept_ids):
            added.append(template)
        else:
            pairs.append((before, template))
    stays = [before for before, _ in pairs]
    return Difference(
        added=tuple(added),
        changed=tuple((was, changes(was, now)) for was, now in pairs if was != now),
        removed=tuple(template for template in old if template not in stays),
        reordered=stays != [template for template in old if template in stays],
    )


def changes(was: Template, now: Template) -> tuple[Change, ...]:
    """Name each field that differs."""
    return tuple(_changes(was, now))


def _changes(was: Template, now: Template) -> Iterator[Change]:
    yield from _fields(was, now, "")
    before = {param.name: param for param in was.params}
    after = {param.name: param for param in now.params}
    for name in dict.fromkeys([*before, *after]):
        if name in before and name in after:
            yield from _fields(before[name], after[name], f'param "{name}", ')
        else:
            yield Change(f'param "{name}"', before.get(name), after.get(name))
    if before.keys() == after.keys() and [*before] != [*after]:
        yield Change("the order of the params", ", ".join(before), ", ".join(after))


def _fields(was: Template | Param, now: Template | Param, prefix: str) -> Iterator[Change]:
    for field in dataclasses.fields(was):
        before, after = getattr(was, field.name), getattr(now, field.name)
        if field.init and field.name != "params" and before != after:
            yield Change(prefix + field.name, before, after)
