"""Fixtures of the browser tests: a JupyterLab, a browser, a page."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, suppress

import pytest
from kfp_panel import KfpPanel
from lab_page import SCREENSHOTS, LabPage
from lab_server import Lab, LabFactory, running_lab
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from traffic import Traffic

from tests.parts import find_chromium

TIMEOUT = 60_000  # milliseconds that anything in the page may take, on a slow machine
CHROMIUM_FLAGS = [
    "--no-sandbox",  # containers run tests as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
]
FAILED = pytest.StashKey[bool]()
#: Lines of Jupyter's log that tell nothing of a failure.
CHATTER = ("default_setting_overrides", "Accepting token-authenticated", "GET /api/")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "browser: drives JupyterLab in a real Chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a page."""
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, for the picture; add what each window says, and Jupyter's log."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        fixtures = getattr(item, "funcargs", {})
        for page in fixtures["page"].context.pages if "page" in fixtures else []:
            with suppress(Error):  # what crashed says nothing, and has to end no other test
                said = KfpPanel(page).region.all_inner_texts()
                report.sections.append((f"panel at {page.url}", "\n".join(said)))
        for lab in fixtures.get("started_labs", []):
            lines = lab.log.read_text(errors="replace").splitlines()
            told = [line for line in lines if not any(each in line for each in CHATTER)]
            report.sections.append((f"log of {lab.url}", "\n".join(told[-60:])))
    return report


@pytest.fixture
def jp_asyncio_loop() -> None:
    """Take the place of pytest-jupyter's loop: Playwright runs one of its own in this thread."""


@pytest.fixture
def jp_server_cleanup() -> None:
    """Take the place of pytest-jupyter's: there is no Jupyter server in this process."""


@pytest.fixture
def started_labs() -> list[Lab]:
    """Return the JupyterLabs that the test has started."""
    return []


@pytest.fixture
def lab_with(
    tmp_path_factory: pytest.TempPathFactory,
    outer_environ: Mapping[str, str],
    started_labs: list[Lab],
) -> Iterator[LabFactory]:
    """Return a function that starts a JupyterLab with the environment variables it is given."""
    with ExitStack() as running:

        def start(**variables: str) -> Lab:
            folder = tmp_path_factory.mktemp("lab")
            lab = running.enter_context(running_lab(folder, outer_environ, variables))
            started_labs.append(lab)
            return lab

        yield start


@pytest.fixture
def lab(lab_with: LabFactory) -> Lab:
    """Return a JupyterLab that knows of no Kubeflow yet."""
    return lab_with()


@pytest.fixture(scope="session")
def browser(outer_environ: Mapping[str, str]) -> Iterator[Browser]:
    """Return a headless Chromium."""
    path = find_chromium(outer_environ)
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=CHROMIUM_FLAGS, timeout=2 * TIMEOUT
        )
        yield chromium
        chromium.close()


@pytest.fixture
def traffic() -> Traffic:
    """Return what the test's page received."""
    return Traffic()


@pytest.fixture
def page(
    browser: Browser, lab_with: LabFactory, traffic: Traffic, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Return a page of a fresh profile; a failure leaves a picture, an uncaught error fails.

    It depends on ``lab_with`` so that every JupyterLab outlives its page: one that ends first would
    leave requests of the page without an answer.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    traffic.watch(page)
    yield page
    if request.node.stash.get(FAILED, False) and not page.is_closed():
        folder = SCREENSHOTS / "failed"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{request.node.name}.png")
    context.close()
    assert not traffic.page_errors


@pytest.fixture
def lab_page(page: Page, lab: Lab) -> LabPage:
    """Return the page with JupyterLab in it."""
    window = LabPage(page)
    window.open(lab.page_url)
    return window
