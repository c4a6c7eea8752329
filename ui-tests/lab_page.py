"""JupyterLab's page as a user sees it: notebooks, cells, themes, the status bar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).with_name("screenshots")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
CELL_DEADLINE = 120_000  # milliseconds; the first cell of a kernel imports kfp
DONE = re.compile(r"\[\d+\]:")


@dataclass(frozen=True)
class LabPage:
    """A window of JupyterLab.

    Parameters
    ----------
    page : Page
        Playwright's page.
    """

    page: Page

    def open(self, url: str) -> None:
        """Go to JupyterLab at `url` and wait until it is all there."""
        self.page.goto(url)
        self._wait_until_restored()

    def reload(self) -> None:
        """Load the page anew, as after closing the browser."""
        self.page.reload()
        self._wait_until_restored()

    def _wait_until_restored(self) -> None:
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("async () => { await window.jupyterapp.restored; }")
        # The launcher, or a notebook, takes the focus up to a second later: it would take it away
        # from whatever a test has filled in by then. What asks, on a slow machine, whether to go on
        # waiting has the focus before.
        self.page.wait_for_function("document.activeElement?.closest('#jp-main-dock-panel')")
        # Not before: the splash screen stays for a while after all else is there, and another theme
        # must not be asked for meanwhile.
        self.page.locator("body[data-jp-theme-name]").wait_for(state="attached")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def new_notebook(self, name: str, kernel: str = "python3") -> Notebook:
        """Create a notebook called `name`, open it, and wait for its kernel."""
        self.page.evaluate(
            """async ({ name, kernel }) => {
                const { commands, serviceManager } = window.jupyterapp;
                // In one go: the file browser trips over a file that is renamed as it lists it.
                const content = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
                const file = { type: 'notebook', format: 'json', content };
                await serviceManager.contents.save(name, file);
                await commands.execute('docmanager:open', {
                    path: name, factory: 'Notebook', kernel: { name: kernel }
                });
            }""",
            {"name": name, "kernel": kernel},
        )
        notebook = Notebook(self.page, name)
        notebook.wait_until_opened()
        return notebook

    def open_notebook(self, name: str) -> Notebook:
        """Open the notebook called `name`, with the kernel that it has, and wait for that."""
        self.page.evaluate(
            """async path => {
                await window.jupyterapp.commands.execute('docmanager:open', { path });
            }""",
            name,
        )
        notebook = Notebook(self.page, name)
        notebook.wait_until_opened()
        return notebook

    def notebook(self, name: str) -> Notebook:
        """Return the open notebook called `name`."""
        return Notebook(self.page, name)

    def close_notebook(self) -> None:
        """Save and close the notebook in front."""
        self.page.evaluate(
            """async () => {
                const { commands } = window.jupyterapp;
                await commands.execute('docmanager:save');
                await commands.execute('application:close');
            }"""
        )

    def restart_kernel(self, command: str = "notebook:restart-kernel") -> None:
        """Restart the kernel of the notebook in front, as by `command`, and say yes."""
        self.page.evaluate(
            "command => { void window.jupyterapp.commands.execute(command); }", command
        )
        self.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()

    def command(self, command: str) -> None:
        """Execute one of JupyterLab's commands that asks nothing."""
        self.page.evaluate(
            "async command => { await window.jupyterapp.commands.execute(command); }", command
        )

    def dismiss_dialogs(self) -> None:
        """Close what JupyterLab asks or tells by itself, such as that its server went away."""
        # They are shown one after the other: the next one is not the one that was closed.
        while shown := self.page.locator(".jp-Dialog").element_handles():
            self.page.wait_for_function(
                "each => !each.isConnected || each.contains(document.activeElement)", arg=shown[0]
            )
            self.page.keyboard.press("Escape")
            shown[0].wait_for_element_state("hidden")

    def note_texts_of(self, item: Locator) -> None:
        """Begin to note each text that `item` shows, however briefly."""
        item.evaluate(
            """element => {
                window.notedTexts = [element.innerText];
                const note = () => window.notedTexts.push(element.innerText);
                const what = { childList: true, characterData: true, subtree: true };
                new MutationObserver(note).observe(element, what);
            }"""
        )

    def noted_texts(self) -> list[str]:
        """Return the texts that were noted, oldest first."""
        texts: list[str] = self.page.evaluate("window.notedTexts")
        return [text.strip() for text in texts]

    def set_theme(self, kind: str) -> None:
        """Switch to the ``light`` or the ``dark`` theme."""
        theme = THEMES[kind]
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            theme,
        )
        self.page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
        # JupyterLab trips over its own splash screen when it has to show it twice at once.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def status_bar(self) -> Locator:
        """Return the status bar."""
        return self.page.locator("#jp-main-statusbar")

    def take_pictures(self, name: str) -> None:
        """Save the page as it is, in both themes, for a person to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        for kind in ("dark", "light"):
            self.set_theme(kind)
            self.page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png")

    def stored_text(self) -> str:
        """Return everything that this page keeps in the browser, as text."""
        text: str = self.page.evaluate(
            """async () => {
                const kept = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
                for (const { name } of await indexedDB.databases()) {
                    const database = await new Promise((resolve, reject) => {
                        const opening = indexedDB.open(name);
                        opening.onsuccess = () => resolve(opening.result);
                        opening.onerror = () => reject(opening.error);
                    });
                    for (const store of database.objectStoreNames) {
                        const reading = database.transaction(store).objectStore(store).getAll();
                        kept.push(await new Promise((resolve, reject) => {
                            reading.onsuccess = () => resolve(reading.result);
                            reading.onerror = () => reject(reading.error);
                        }));
                    }
                    database.close();
                }
                return JSON.stringify(kept);
            }"""
        )
        return text


@dataclass(frozen=True)
class Notebook:
    """An open notebook.

    Parameters
    ----------
    page : Page
        Playwright's page.
    name : str
        Name of its file.
    """

    page: Page
    name: str

    @property
    def widget(self) -> Locator:
        """The notebook's own part of the page, while it is in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def toolbar(self) -> Locator:
        """The notebook's toolbar."""
        return self.widget.get_by_role("toolbar", name="main toolbar")

    def bring_forward(self) -> None:
        """Make this the active notebook."""
        tab = self.page.locator("#jp-main-dock-panel").get_by_role("tab", name=self.name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")

    def wait_until_opened(self) -> None:
        """Wait until the notebook is in front, with a kernel, and with the focus.

        It takes the focus once it is drawn: it would take it away from whatever a test fills in.
        """
        self.wait_for_kernel()
        self.page.wait_for_function("document.activeElement?.closest('.jp-Notebook .jp-Cell')")

    def wait_for_kernel(self) -> None:
        """Wait until the kernel of this notebook, which is in front, is there and idle."""
        # Not the notebook's own indicator, which says idle before there is any kernel, nor the
        # status bar, which may still tell of the notebook that was in front before.
        self.page.wait_for_function(
            """name => {
                const { context, sessionContext } = window.jupyterapp.shell.currentWidget ?? {};
                return context?.path === name && sessionContext.kernelDisplayStatus === 'idle';
            }""",
            arg=self.name,
            timeout=CELL_DEADLINE,
        )

    def start(self, source: str) -> Locator:
        """Type `source` into the last cell, run it, and return the cell, which may go on."""
        self.bring_forward()
        cells = self.widget.locator(".jp-CodeCell")
        expect(cells).not_to_have_count(0)
        count = cells.count()
        field = cells.nth(count - 1).get_by_role("textbox")
        field.click()
        expect(field).to_be_focused()
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")
        # That makes a new last cell: the one that runs has a fixed place now.
        expect(cells).to_have_count(count + 1)
        return cells.nth(count - 1)

    def run(self, source: str) -> str:
        """Type `source` into the last cell, run it, and return what it printed.

        Raises
        ------
        AssertionError
            The cell did not end in time.
        """
        ran = self.start(source)
        expect(ran.locator(".jp-InputArea-prompt")).to_have_text(DONE, timeout=CELL_DEADLINE)
        return "\n".join(ran.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def save(self) -> None:
        """Save the file."""
        self.bring_forward()
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
