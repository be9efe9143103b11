"""What a person sees and does on the page, by role and label before anything else."""

import contextlib
import re
from collections.abc import AsyncIterator

from playwright.async_api import Locator, Page, expect

COMMAND = "/whatsapp-template"
SAID = re.compile(r"/ui/(say|command)$")


def read(sentence: str) -> str:
    """Return a sentence as it reads on the page, without Slack's marks."""
    return re.sub(r"^:\w+: |\*", "", sentence)


class Modal:
    """The form on top."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.root = page.get_by_test_id("modal").last

    def field(self, label: str) -> Locator:
        """Find an input by its label's words."""
        return self.root.get_by_label(label)

    async def fill(self, label: str, text: str) -> None:
        await self.field(label).fill(text)

    async def submit(self) -> None:
        await self.root.get_by_test_id("modal-submit").click()

    def block(self, block_id: str) -> Locator:
        return self.root.locator(f'[data-block-id="{block_id}"]')

    def error(self, block_id: str) -> Locator:
        """Find what is said to be wrong with a field, under it."""
        return self.block(block_id).get_by_test_id("field-error")

    def input(self, block_id: str) -> Locator:
        """Find what a field is typed or chosen in, whatever it is called."""
        return self.block(block_id).locator("input, select, textarea").first

    def preview(self) -> Locator:
        """Find the message as the customer will read it."""
        return self.block("preview").locator("blockquote")

    def offered(self) -> Locator:
        """Find what the menu of templates offers, once the app has answered."""
        return self.root.locator("[role=listbox][aria-busy=false]").get_by_role("option")

    async def choose(self, letters: str, name: str) -> None:
        """Type into the menu that has the focus, and take the first it offers with Enter."""
        await self._page.keyboard.type(letters)
        await expect(self.offered().first).to_have_text(name)
        await self._page.keyboard.press("Enter")

    async def gone(self) -> None:
        await expect(self._page.get_by_test_id("modal")).to_have_count(0)


class Workspace:
    """One person's window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.modal = Modal(page)

    async def become(self, user: str) -> None:
        """Switch to another person, and wait until the page shows what they see."""
        ready = self.page.locator("body[data-ready=yes]")
        await expect(ready).to_be_attached()
        if await self.page.locator("body").get_attribute("data-person") != user:
            await self.page.get_by_label("You are").select_option(user)
        await self.sits(user)

    async def sits(self, user: str) -> None:
        """Wait until the page shows what this person sees."""
        await expect(
            self.page.locator(f"body[data-ready=yes][data-person={user}]")
        ).to_be_attached()

    async def go_to(self, name: str) -> None:
        """Open a channel, or the app, from the sidebar."""
        sidebar = self.page.get_by_role("navigation", name="Workspace")
        await sidebar.get_by_role("button", name=name).click()
        await expect(self.page.get_by_test_id("channel-name")).to_contain_text(name)

    def box(self) -> Locator:
        """Find the box below in which one writes."""
        return self.page.get_by_test_id("composer").get_by_role("textbox")

    async def say(self, text: str) -> None:
        """Write into the box below and press Enter; it is said then, whoever sits here next."""
        await self.box().fill(text)
        async with self.page.expect_response(SAID):
            await self.box().press("Enter")

    async def command(self, text: str = "") -> Modal:
        """Type the command; the form opens."""
        await self.say(f"{COMMAND} {text}".strip())
        await expect(self.modal.root).to_be_visible()
        return self.modal

    async def send(self, text: str) -> None:
        """Type the command and press Enter in the form."""
        modal = await self.command(text)
        await modal.input("phone").press("Enter")
        await modal.gone()

    def card(self, status: str) -> Locator:
        """Find the newest card that says so."""
        return (
            self.page.get_by_role("log", name="Messages in", exact=False)
            .first.get_by_test_id("message")
            .filter(has_text=re.compile(rf"→ •••• \d{{4}}[\s\S]*{status}\b"))
            .last
        )

    async def open_thread(self, card: Locator) -> Locator:
        """Open a message's thread in the pane on the right."""
        await card.get_by_role("button", name="repl").first.click()
        thread = self.page.get_by_test_id("thread")
        await expect(thread).to_be_visible()
        return thread

    async def message_menu(self, message: Locator, item: str) -> None:
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=item).click()

    def alone(self) -> Locator:
        """Find what only this person sees, the newest last."""
        return self.page.locator("[data-testid=message][data-ephemeral=yes]")

    async def let_atom(self, behaviour: str) -> None:
        """Set how Atom behaves, in the corner; it behaves so then, and the page knows it."""
        menu = self.page.get_by_label("How Atom behaves")
        async with self.setting_atom():
            (chosen,) = await menu.select_option(label=behaviour)
        await expect(menu).to_have_attribute("data-chosen", chosen)

    @contextlib.asynccontextmanager
    async def setting_atom(self) -> AsyncIterator[None]:
        """Wait until Atom's stand-in was told what is set inside."""
        async with self.page.expect_response("**/ui/atom"):
            yield
