"""What the admins' forms ask of the catalogue."""

from bot.errors import Refused
from bot.repositories import TemplateRepository
from bot.templates import Template


async def still_there(keeper: TemplateRepository, template_id: str) -> Template:
    """Return a template that somebody saw a moment ago. Raises Refused if it is gone."""
    template = await keeper.get(template_id)
    if template is None:
        raise Refused("template.gone")
    return template
