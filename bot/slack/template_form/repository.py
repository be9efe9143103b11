"""What the admins' forms ask of the catalogue."""

from typing import Protocol

from bot.errors import Refused
from bot.templates import Template


class TemplateRepository(Protocol):
    """Where the templates are kept, and changed one at a time."""

    async def all(self) -> tuple[Template, ...]: ...

    async def get(self, template_id: str) -> Template | None: ...

    async def save(
        self, template: Template, *, actor: str, was: str = "", seen: str = ""
    ) -> None: ...

    async def set_active(self, template_id: str, *, active: bool, actor: str) -> bool: ...


async def still_there(keeper: TemplateRepository, template_id: str) -> Template:
    """Return a template that somebody saw a moment ago. Raises Refused if it is gone."""
    template = await keeper.get(template_id)
    if template is None:
        raise Refused("template.gone")
    return template
