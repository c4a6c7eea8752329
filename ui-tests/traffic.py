"""Writes down everything that a browser page receives from the Jupyter server."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import Error, Page, Response, WebSocket

REST = re.compile(r"//[^/]+/jupyter-kfp-connect/")
EVENTS = "/api/events/subscribe"


@dataclass
class Traffic:
    """What came in over one page's connections, and what went wrong in the page.

    Attributes
    ----------
    answers : list of (str, str)
        Address and body of every answer from the extension's routes, and of Jupyter's own API.
    frames : list of (str, str)
        Address and text of every websocket message in either direction.
    page_errors : list of str
        Errors that no code in the page caught.
    """

    answers: list[tuple[str, str]] = field(default_factory=list)
    frames: list[tuple[str, str]] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Begin with `page`."""
        page.on("response", self._note_answer)
        page.on("websocket", self._watch_socket)
        page.on("pageerror", lambda error: self.page_errors.append(error.stack or str(error)))

    def of_extension(self) -> list[str]:
        """Return the bodies of the extension's own routes."""
        return [body for url, body in self.answers if REST.search(url)]

    def of_events(self) -> list[str]:
        """Return the messages of Jupyter's event stream."""
        return [text for url, text in self.frames if EVENTS in url]

    def _note_answer(self, response: Response) -> None:
        if not REST.search(response.url) and "/api/" not in response.url:
            return
        headers: dict[str, str] = {}
        body = ""
        # Redirects have no body, and what a closing page gave up has nothing at all.
        with suppress(Error):
            headers = response.all_headers()
            body = response.text()
        self.answers.append((response.url, f"{headers}\n{body}"))

    def _watch_socket(self, socket: WebSocket) -> None:
        def note(payload: str | bytes) -> None:
            text = payload if isinstance(payload, str) else payload.decode(errors="replace")
            self.frames.append((socket.url, text))

        socket.on("framereceived", note)
        socket.on("framesent", note)
