"""Reads sign-in pages as the recordings write them down, and walks them as a browser does."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tests.stack.stack import Stack

RECORDINGS = Path(__file__).parents[1] / "recordings"
HEALTHZ = "/pipeline/apis/v2beta1/healthz"
KEPT = {
    "form": ("method", "action"),
    "input": ("type", "name", "value"),
    "button": ("type",),
}


def recording(name: str) -> dict[str, Any]:
    """Return the recorded answer called `name`."""
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return found


class FormReader(HTMLParser):
    """Collects a page's title and its form, the way recordings hold them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title = ""
        self.form: list[dict[str, str]] = []
        self._in_title = False
        self.feed(page)

    @property
    def action(self) -> str:
        """Where the form leads, as the page says it."""
        return self.form[0]["action"]

    def shape(self) -> list[dict[str, str]]:
        """Return the form as a recording has it: escaped, with its one-time state blanked."""
        blanked = re.sub(r"state=[\w-]+", "state=STATE", self.action).replace("&", "&amp;")
        return [{**self.form[0], "action": blanked}, *self.form[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form's parts."""
        self._in_title = tag == "title" and not self.title  # pictures have titles too
        if tag in KEPT:
            kept = {name: value or "" for name, value in attrs if name in KEPT[tag]}
            self.form.append({"tag": tag, **kept})

    def handle_data(self, data: str) -> None:
        """Note the title."""
        if self._in_title:
            self.title += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave the title."""
        self._in_title = False


def open_sign_in(stack: Stack, session: requests.Session, path: str = HEALTHZ) -> requests.Response:
    """Begin a sign-in that is to end at `path`; return the first page that wants an answer."""
    return session.get(f"{stack.gateway}/oauth2/start", params={"rd": path}, timeout=10)


def send_password(
    session: requests.Session, form: requests.Response, username: str, password: str
) -> requests.Response:
    """Fill in the password form; follow where that leads."""
    action = urljoin(form.url, FormReader(form.text).action)
    return session.post(action, data={"login": username, "password": password}, timeout=10)


def signed_in(stack: Stack) -> requests.Session:
    """Return a session signed in as the stack's user."""
    session = stack.session()
    answer = send_password(session, open_sign_in(stack, session), stack.username, stack.password)
    assert answer.status_code == 200, answer.text
    return session


def paths(answer: requests.Response) -> list[str]:
    """Return the paths that led to `answer`, without their queries."""
    return [urlsplit(hop.url).path for hop in (*answer.history, answer)]
