"""Ways in without a password: what is pasted into the panel, and how long it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from ends import day_after, end_of_token, written
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab
from places import files, spellings
from playwright.sync_api import Locator, expect
from traffic import Traffic

from tests.stack.oauth2_proxy import COOKIE_NAME
from tests.stack.pages import signed_in
from tests.stack.stack import Stack

COOKIE = "Session cookie"
TOKEN = "Token"
WRONG_TOKEN = "pear-Bucket-91-comet"


@pytest.fixture
def panel(lab_page: LabPage, stack: Stack) -> KfpPanel:
    """Return the panel with the form of the second rung."""
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host)
    panel.expect_rung("signed-in", "needs you")
    return panel


@pytest.fixture
def cookie(stack: Stack) -> str:
    """Return the session that a browser has after signing in."""
    with signed_in(stack) as session:
        return str(session.cookies[COOKIE_NAME])


def secret_field(panel: KfpPanel, label: str) -> Locator:
    """Choose the form with the field `label`, and return the field."""
    panel.button(f"Use a {label.lower()} instead").click()
    field = panel.region.get_by_label(label, exact=True)
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    return field


def whole_line(cookie: str, ends: datetime) -> str:
    """Return the cookie as a browser's tools show the answer that set it."""
    expires = format_datetime(ends, usegmt=True)
    return f"Set-Cookie: {COOKIE_NAME}={cookie}; Path=/; Expires={expires}; HttpOnly; Secure"


def test_a_whole_cookie_tells_the_day_its_session_ends(
    panel: KfpPanel, lab_page: LabPage, cookie: str, stack: Stack
) -> None:
    notebook = lab_page.new_notebook("train.ipynb")
    field = secret_field(panel, COOKIE)
    lab_page.take_pictures("cookie-1-form")
    ends = datetime.now(timezone.utc) + timedelta(days=3)
    field.fill(whole_line(cookie, ends))
    field.press("Enter")
    panel.expect_climbed()
    panel.expect_rung("signed-in", "done", f"{stack.username}, until {written(ends)}")
    expect(panel.rung("signed-in")).not_to_contain_text("renews itself")
    assert notebook.run(f"print(kfp_client.list_experiments(namespace='{stack.namespace}'))")
    lab_page.take_pictures("cookie-2-until")


def test_a_cookie_that_names_no_end_says_what_is_known_of_it(panel: KfpPanel, cookie: str) -> None:
    secret_field(panel, COOKIE).fill(f"{COOKIE_NAME}={cookie}")
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "done", f"usually until {day_after(cookie)}")
    expect(panel.rung("signed-in")).to_contain_text("the gateway decides")


def test_a_token_that_is_refused_is_asked_for_again_and_the_right_one_tells_its_end(
    panel: KfpPanel, stack: Stack
) -> None:
    field = secret_field(panel, TOKEN)
    field.fill(WRONG_TOKEN)
    field.press("Enter")
    panel.expect_rung("signed-in", "failed")
    again = panel.region.get_by_label(TOKEN, exact=True)
    expect(again).to_have_value("")
    expect(again).to_be_focused()
    token = stack.id_token()
    again.fill(token)
    again.press("Enter")
    panel.expect_rung("signed-in", "done", f"until {end_of_token(token)}")


def test_what_was_pasted_is_nowhere_in_the_page_or_on_disk(
    panel: KfpPanel, lab: Lab, lab_page: LabPage, cookie: str, stack: Stack, traffic: Traffic
) -> None:
    token = stack.id_token()
    for label, secret in ((TOKEN, WRONG_TOKEN), (COOKIE, f"{COOKIE_NAME}={cookie}")):
        secret_field(panel, label).fill(secret)
        panel.button("Connect").click()
        panel.expect_rung("signed-in", "failed" if secret == WRONG_TOKEN else "done")
    panel.button("Disconnect").click()
    panel.button("Connect").click()
    secret_field(panel, TOKEN).fill(token)
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "done")

    looked_at = dict(_places(lab, lab_page, traffic))
    found = [
        place
        for place, text in looked_at.items()
        for secret in (cookie, cookie[:40], token, token[:40], WRONG_TOKEN)
        if any(spelling in text for spelling in spellings(secret))
    ]
    assert not found, f"found in {found}"
    assert stack.username in looked_at["answers of the extension"]


def _places(lab: Lab, lab_page: LabPage, traffic: Traffic) -> Iterator[tuple[str, str]]:
    yield from files(lab.home)
    yield "server log", lab.log.read_text(errors="replace")
    yield "browser storage", lab_page.stored_text()
    yield "page", lab_page.page.content()
    yield "browser cookies", str(lab_page.page.context.cookies())
    yield "answers of the extension", "\n".join(traffic.of_extension())
    yield "events", "\n".join(traffic.of_events())
