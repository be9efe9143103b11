"""Home and the admins' forms as people see them, in the language of some words."""

from playwright.async_api import Locator, expect

from bot.locales import Translator
from bot.slack.send_form.ids import param_blocks
from bot.templates import Template
from tests.e2e.pages import Modal, Workspace, read

APP = "WhatsApp templates"


class Home:
    """The app's tab in one person's window."""

    def __init__(self, window: Workspace, translator: Translator) -> None:
        self.window = window
        self._translator = translator
        self.page = window.page
        self.modal = window.modal
        self.root = window.page.get_by_test_id("home")

    async def open(self) -> None:
        """Click on the app, or on its tab once it is open."""
        await self.window.go_to(APP)
        await expect(self.root.locator("[data-block-id]").first).to_be_visible()

    def button(self, key: str) -> Locator:
        return self.root.get_by_role("button", name=self._translator(key), exact=True)

    def heading(self, key: str) -> Locator:
        return self.root.get_by_role("heading", name=self._translator(key), exact=True)

    def sends(self) -> Locator:
        """Find the rows of last sends, the newest first."""
        return self.root.locator('[data-block-id^="sent."]')

    def templates(self) -> Locator:
        """Find the rows of templates, as they are listed."""
        return self.root.locator('[data-block-id^="template."]')

    def template(self, template: Template) -> Locator:
        return self.root.locator(f'[data-block-id="template.{template.id}"]')

    def search(self) -> Locator:
        return self.root.get_by_label(self._translator("home.search.label"))

    async def send(self, template: Template) -> Modal:
        """Press a template's own button; the form is open."""
        row = self.root.locator(f'[data-block-id$=".{template.id}"]')
        await row.get_by_role("button", name=self._translator("home.send"), exact=True).click()
        await expect(self.modal.root).to_be_visible()
        return self.modal

    async def open_menu(self, template: Template) -> Locator:
        """Open what an admin may do with a template."""
        row = self.root.locator(f'[data-block-id="manage.{template.id}"]')
        await row.get_by_role("button", name="More options").click()
        return self.page.get_by_role("menu")

    async def choose(self, template: Template, verb: str) -> Modal:
        """Choose from a template's menu; what it opens is there."""
        menu = await self.open_menu(template)
        await menu.get_by_role("menuitem", name=self._translator(f"home.menu.{verb}")).click()
        await expect(self.modal.root).to_be_visible()
        return self.modal

    async def add(self) -> Modal:
        """Press the button that adds a template; the form is open."""
        await self.button("home.add_template").click()
        await expect(self.modal.root).to_be_visible()
        return self.modal


class TemplateForm:
    """The form of a template, and the page and the forms of its parameters, whichever is on top."""

    def __init__(self, home: Home, translator: Translator) -> None:
        self._translator = translator
        self.modal = home.modal

    async def titled(self, key: str) -> None:
        """Wait until this form is on top."""
        title = self.modal.root.get_by_role("heading", name=self._translator(key), exact=True)
        await expect(title).to_be_visible()

    async def fill(self, **fields: str) -> None:
        """Type into fields, by the names of their blocks."""
        for block, text in fields.items():
            await self.modal.input(block).fill(text)

    async def pick(self, block: str, letters: str, name: str) -> None:
        """Take from a menu what some letters find in it."""
        await self.modal.input(block).click()
        await self.modal.input(block).fill(letters)
        await self.modal.block(block).get_by_role("option", name=name).click()

    async def save(self) -> None:
        await self.modal.submit()

    async def done(self) -> None:
        """Leave the page of parameters, and whatever lies under it is on top."""
        await self.modal.root.get_by_role(
            "button", name=self._translator("param_page.close"), exact=True
        ).click()

    def param(self, template: Template, name: str) -> Locator:
        """Find the line of a parameter on their page."""
        return self.modal.block(param_blocks(template)[name])

    async def edit(self, template: Template, name: str) -> None:
        """Open the form of a parameter."""
        edit = self._translator("param_page.edit")
        await self.param(template, name).get_by_role("button", name=edit).click()
        await self.titled("param_form.title")

    async def says(self, **errors: str) -> None:
        """Expect these mistakes at the blocks of these names, and no others."""
        for block, sentence in errors.items():
            await expect(self.modal.error(block)).to_have_text(sentence)
        await expect(self.modal.root.get_by_test_id("field-error")).to_have_count(len(errors))

    def on_the_page(self, key: str, **values: str) -> Locator:
        return self.modal.root.get_by_text(read(self._translator(key, **values)))
