"""The panel *Kubeflow Pipelines* as a user sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

TITLE = "Kubeflow Pipelines"
PANEL_ID = "jupyter-kfp-connect-panel"
RUNGS = ("reachable", "signed-in", "authorized", "in-notebook")
LADDER_DEADLINE = 90_000  # milliseconds for a sign-in, on a slow machine


@dataclass(frozen=True)
class KfpPanel:
    """The panel in the side bar.

    Parameters
    ----------
    page : Page
        Playwright's page, with JupyterLab in it.
    """

    page: Page

    @property
    def region(self) -> Locator:
        """All of the panel."""
        return self.page.get_by_role("region", name=TITLE)

    @property
    def address(self) -> Locator:
        """The field for the host."""
        return self.region.get_by_role("textbox", name=re.compile("^(Another a|A)ddress$"))

    @property
    def username(self) -> Locator:
        """The field for the user name."""
        return self.region.get_by_role("textbox", name="User name")

    @property
    def password(self) -> Locator:
        """The field for the password."""
        return self.region.get_by_label("Password", exact=True)

    @property
    def waiting(self) -> Locator:
        """The notes about cells that wait."""
        return self.region.locator(".kfp-Waiting")

    @property
    def recent_runs(self) -> Locator:
        """The section with the recent runs."""
        heading = self.page.get_by_role("heading", name="Recent runs")
        return self.region.locator("section").filter(has=heading)

    @property
    def status_item(self) -> Locator:
        """The panel's word in the status bar."""
        bar = self.page.locator("#jp-main-statusbar")
        return bar.get_by_role("button", name=re.compile(f"^{TITLE}: "))

    @property
    def toolbar_item(self) -> Locator:
        """The panel's word in the toolbar of the notebook in front."""
        notebook = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        return notebook.get_by_role("button", name=re.compile(f"^{TITLE}: "))

    def open(self) -> None:
        """Bring the panel forward by its tab in the side bar."""
        # Asked of JupyterLab: what is drawn may lag behind, and a second click closes the panel.
        shown = self.page.evaluate(
            """id => [...window.jupyterapp.shell.widgets('left')].some(
                each => each.id === id && each.isVisible
            )""",
            PANEL_ID,
        )
        if not shown:
            self.page.get_by_role("tab", name=TITLE).click()
        expect(self.region).to_be_visible()

    def button(self, name: str) -> Locator:
        """Return the button called exactly `name`."""
        return self.region.get_by_role("button", name=name, exact=True)

    def connect_to(self, host: str, username: str = "", password: str = "") -> None:
        """Type an address, a name and a password into the first form, and press Connect."""
        self.open()
        self.address.fill(host)
        self.username.fill(username)
        self.password.fill(password)
        self.button("Connect").click()

    def sign_in(self, password: str) -> None:
        """Type a password into the form of the second rung, and press Connect."""
        self.password.fill(password)
        self.button("Connect").click()

    def rung(self, name: str) -> Locator:
        """Return a rung of the ladder; see `RUNGS` for the names."""
        ladder = self.region.get_by_role("list", name="State")
        return ladder.get_by_role("listitem").and_(self.page.locator(f'[data-rung="{name}"]'))

    def expect_rung(self, name: str, word: str, detail: str | re.Pattern[str] = "") -> None:
        """Wait until a rung says its state, and why, in words.

        Parameters
        ----------
        name : str
            The rung.
        word : str
            ``done``, ``failed``, ``checking``, ``not needed``, ``not yet`` or ``needs you``.
        detail : str or pattern
            What else it has to say.
        """
        rung = self.rung(name)
        said = rung.get_by_text(word, exact=True).first
        expect(said).to_be_attached(timeout=LADDER_DEADLINE)
        expect(rung).to_contain_text(detail, timeout=LADDER_DEADLINE)

    def expect_climbed(self) -> None:
        """Wait until all four rungs hold."""
        for name in RUNGS:
            self.expect_rung(name, "done")
