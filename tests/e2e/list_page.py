"""A list as a person meets it on the page: its form, its card, what is said beside it, its file."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import FilePayload, Locator, expect

from bot.demo.atom.server import AtomStandIn
from bot.locales import Translator
from tests.e2e.pages import Modal, Workspace
from tests.e2e.pictures import picture

# Rows go out one after the other, and the card is drawn again every three seconds.
LONG = 90_000  # milliseconds


def csv_file(name: str, text: str) -> FilePayload:
    """Give a file as a person chooses it."""
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def answer(atom: AtomStandIn, *, drops: int = 0, answers: int = 0) -> None:
    """Let Atom take so many calls, and have no room for more: nobody has to be quick then."""
    atom.behave("too_many", retry_after=1)
    atom.behave("drops", times=drops)
    atom.behave("answers", times=answers)


@dataclass(frozen=True, slots=True)
class ListPage:
    """One person's window, where a list of this file's name stands."""

    workspace: Workspace
    words: Translator  # of the bot in channels, and of this person
    file: str

    @property
    def modal(self) -> Modal:
        return self.workspace.modal

    def card(self) -> Locator:
        """Find the list's card in the channel, the newest one."""
        log = self.workspace.page.get_by_role("log", name="Messages in", exact=False).first
        return log.get_by_test_id("message").filter(has_text=f"→ {self.file}").last

    def button(self, key: str, count: int | None = None, **values: str) -> Locator:
        """Find one of its card's buttons."""
        return self.card().get_by_role("button", name=self.said(key, count, **values), exact=True)

    def said(self, key: str, count: int | None = None, **values: str) -> str:
        """Say a sentence as it reads on the page, without Slack's marks."""
        given: dict[str, str | int] = {**values} if count is None else {**values, "count": count}
        return re.sub(r":\w+: |[*_]", "", self.words(key, **given))

    async def choose_file(self, text: str) -> None:
        """Give the file in the form that is open, and wait until it stands there."""
        await self.modal.root.locator('input[type="file"]').set_input_files(
            csv_file(self.file, text)
        )
        chip = self.modal.root.get_by_role("button", name=f"Remove {self.file}")
        await expect(chip).to_be_visible()

    async def picture(self, name: str) -> None:
        """Keep a picture of what is on the screen."""
        await picture(self.workspace.page, f"list-{name}-{self.words.language}")

    async def check(self, text: str) -> None:
        """Give the file, and let it be checked."""
        await self.choose_file(text)
        await self.modal.submit()
        await self.modal.gone()

    async def stands(self, status: str) -> None:
        """Wait until its card says so."""
        await expect(self.card()).to_contain_text(self.said(f"bulk.status.{status}"), timeout=LONG)

    async def counts(self, status: str, count: int) -> None:
        """Wait until its card counts so many rows of a status."""
        text = f"{self.said(f'status.{status}')}: {count}"
        await expect(self.card()).to_contain_text(text, timeout=LONG)

    async def press(self, key: str, count: int | None = None, **values: str) -> None:
        await self.button(key, count, **values).click()

    async def asked_back(self, key: str, count: int, **values: str) -> None:
        """Wait until the page asks this back."""
        asked = self.workspace.page.get_by_test_id("confirm")
        await expect(asked).to_contain_text(self.said(key, count, **values))

    async def confirm(self) -> None:
        """Answer what was asked back with yes."""
        await self.workspace.page.get_by_test_id("confirm-yes").click()

    async def thread(self) -> Locator:
        """Open the thread of its card."""
        return await self.workspace.open_thread(self.card())

    async def close_thread(self) -> None:
        thread = self.workspace.page.get_by_test_id("thread")
        await thread.get_by_role("button", name="Close thread").click()
        await expect(thread).to_have_count(0)

    async def given_file(self, name: str, kind: str) -> bytes:
        """Download the file that the app gave in its direct messages, and come back."""
        page = self.workspace.page
        channel = await page.get_by_test_id("channel-name").inner_text()
        await self.workspace.go_to("WhatsApp templates")
        await page.get_by_role("tab", name="Messages").click()
        link = page.get_by_role("link", name=f"{name} - {self.words(f'bulk.file_of.{kind}')}")
        await expect(link.last).to_be_visible(timeout=LONG)
        async with page.expect_download() as waiting:
            await link.last.click()
        await self.picture(f"{kind}-given")
        path = await (await waiting.value).path()
        await self.workspace.go_to(channel.strip("# "))
        return await asyncio.to_thread(Path(path).read_bytes)
