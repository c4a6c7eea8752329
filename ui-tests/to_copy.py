"""What the panel gives to copy and to save."""

from __future__ import annotations

from playwright.sync_api import Locator


def copied(part: Locator) -> str:
    """Press Copy in this part of the panel, and return what the clipboard has."""
    page = part.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('')")
    part.get_by_role("button", name="Copy", exact=True).click()
    # Not the button's word: that goes as soon as JupyterLab takes the focus.
    page.wait_for_function("async () => await navigator.clipboard.readText() !== ''")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def downloaded(part: Locator) -> tuple[str, str]:
    """Press Download in this part of the panel; return the file's name and what is in it."""
    with part.page.expect_download() as started:
        part.get_by_role("button", name="Download", exact=True).click()
    file = started.value
    return file.suggested_filename, file.path().read_text(encoding="utf-8")
