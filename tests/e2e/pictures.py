"""A picture of what is on the screen, if nothing is cut off there."""

import asyncio
from pathlib import Path

from playwright.async_api import Page

from tests.e2e.conftest import SHOTS

LARGEST = 150_000  # bytes
OUT_OF_SIGHT = """() => {
    const cut = (one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2;
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const buttons = [...document.querySelectorAll("button, label, h1, h2, h3, legend")].filter(cut);
    return [...(wide > 0 ? [`the page by ${wide}`] : []), ...buttons.map((one) => one.innerText)];
}"""


async def picture(page: Page, name: str) -> None:
    """Keep a picture of what is on the screen, with nothing moving or blinking, nor cut off."""
    await asyncio.to_thread(SHOTS.mkdir, parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    await page.mouse.move(500, 15)
    await page.screenshot(path=path, animations="disabled", caret="hide")
    assert await asyncio.to_thread(_size, path) < LARGEST
    assert await page.evaluate(OUT_OF_SIGHT) == []


def _size(path: Path) -> int:
    return path.stat().st_size
