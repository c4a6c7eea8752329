"""A sandbox in a thread of its own, for tests that call it as a client would."""

from __future__ import annotations

import asyncio
import threading
from html.parser import HTMLParser
from types import TracebackType
from typing import Any

import requests

from jupyter_kfp_connect.sandbox import Sandbox, SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD, USER

TIMEOUT = 60  # seconds, reached only where something hangs


class Clock:
    """A clock that stands still until it is moved, or moves a step at every look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 1_795_000_000.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class RunningSandbox:
    """A sandbox that serves while the `with` block lasts."""

    def __init__(self, options: SandboxOptions) -> None:
        self.sandbox = Sandbox(options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> RunningSandbox:
        self._thread.start()
        self._run(self.sandbox.start())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._run(self.sandbox.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(TIMEOUT)

    def browser(self) -> Browser:
        """Return a fresh visitor of the front door, or of whatever listens first."""
        return Browser(self.sandbox.origin)

    def api(self, **headers: str) -> Browser:
        """Return a client of the bare API that sends these headers (`_` stands for `-`)."""
        browser = Browser(self.sandbox.api_host)
        browser.session.headers.update(
            {name.replace("_", "-"): value for name, value in headers.items()}
        )
        return browser

    def as_user(self, user: str = USER) -> Browser:
        """Return a client of the bare API whose gateway says who it is."""
        return self.api(kubeflow_userid=user)

    def with_token(self, token: str) -> Browser:
        """Return a client of the bare API with a token."""
        return self.api(Authorization=f"Bearer {token}")


class Browser:
    """Cookies, one origin, and no redirect followed unasked."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Make one request."""
        more.setdefault("allow_redirects", False)
        return self.session.request(method, self.origin + path, timeout=TIMEOUT, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        """Make one GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        """Make one POST."""
        return self.call("POST", path, **more)

    def follow(self, response: requests.Response) -> list[requests.Response]:
        """Go where redirects lead; return every answer, this one first."""
        hops = [response]
        while hops[-1].is_redirect:
            hops.append(self.get(hops[-1].headers["Location"]))
        return hops

    def to_login_form(self, rd: str = "/pipeline") -> requests.Response:
        """Go from the start of the sign-in to Dex's page."""
        return self.follow(self.get("/oauth2/start", params={"rd": rd}))[-1]

    def log_in(self, form: requests.Response, password: str = PASSWORD) -> requests.Response:
        """Send name and password."""
        action = Forms.of(form.text)[0]["action"]
        return self.post(action, data={"login": USER, "password": password})

    def sign_in(self, rd: str = "/pipeline") -> list[requests.Response]:
        """Walk through the whole sign-in; return the hops from the password on."""
        return self.follow(self.log_in(self.to_login_form(rd)))


class Forms(HTMLParser):
    """The forms of a page: their tags with the attributes that matter to a client."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.tags: list[dict[str, str]] = []
        self.links: list[str] = []
        self._in_title = False

    @classmethod
    def of(cls, page: str) -> list[dict[str, str]]:
        """Return the tags of a page's forms."""
        return cls.read(page).tags

    @classmethod
    def read(cls, page: str) -> Forms:
        """Return a page, read."""
        forms = cls()
        forms.feed(page)
        return forms

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values.get("href", ""))
        if tag in ("form", "input", "button"):
            kept = ("method", "action", "type", "name", "value")
            self.tags.append({name: values[name] for name in kept if name in values} | {"tag": tag})

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
            self._in_title = False
