"""What the panel gives to copy and to save."""

from __future__ import annotations

from playwright.sync_api import Locator, expect


def copied(part: Locator) -> str:
    """Press Copy in this part of the panel, and return what the clipboard has."""
    part.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    part.get_by_role("button", name="Copy", exact=True).click()
    expect(part.get_by_role("button", name="Copied")).to_be_visible()
    text: str = part.page.evaluate("navigator.clipboard.readText()")
    return text


def downloaded(part: Locator) -> tuple[str, str]:
    """Press Download in this part of the panel; return the file's name and what is in it."""
    with part.page.expect_download() as started:
        part.get_by_role("button", name="Download", exact=True).click()
    file = started.value
    return file.suggested_filename, file.path().read_text(encoding="utf-8")
