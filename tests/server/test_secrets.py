"""No password, cookie or token is anywhere but where it has to be."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.server.app import KfpConnect

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, USER, BrokerClient, Rest
from .conftest import StartSandbox
from .contract import rung, states

CANARY = "canary-5ecret-f00d"


class Everything(logging.Handler):
    """Keeps every line that is logged, at every level, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter())
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.text += self.format(record) + "\n"


@pytest.fixture
def log(extension: KfpConnect, caplog: pytest.LogCaptureFixture) -> Iterator[Everything]:
    """All that the server logs."""
    everything = Everything()
    names = (None, "ServerApp", "KfpConnect", "tornado.access", "tornado.application", "urllib3")
    for name in names:
        caplog.set_level(logging.DEBUG, name)
        logging.getLogger(name).addHandler(everything)
    yield everything
    for name in names:
        logging.getLogger(name).removeHandler(everything)


class Places:
    """Everywhere a secret might have come to."""

    def __init__(self, home: Path, log: Everything, rest: Rest, events: list[Any]) -> None:
        self._home, self._log, self._rest, self._events = home, log, rest, events

    def holding(self, *secrets: str) -> list[str]:
        """Return the places that hold one of `secrets`."""
        texts = {
            "the log": self._log.text,
            "an answer": "".join(self._rest.texts),
            "an event": json.dumps(self._events),
            "the environment": str(dict(os.environ)),
        }
        for path in self._home.rglob("*"):
            if path.is_file():
                texts[str(path)] = path.read_text(encoding="utf-8", errors="replace")
        assert all(secrets)
        assert self._log.text
        return [name for name, text in texts.items() if any(each in text for each in secrets)]


@pytest.fixture
def places(tmp_path: Path, log: Everything, rest: Rest, events: list[Any]) -> Places:
    """Where to look; pytest-jupyter puts every folder of Jupyter below ``tmp_path``."""
    return Places(tmp_path, log, rest, events)


async def test_a_sign_in_leaves_neither_password_nor_cookie_behind(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, places: Places
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host)
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]
    cookies = [(await broker.lease("work"))["headers"]["Cookie"]]
    renewed = await broker.ask("refused", {"connection_id": made["id"], "generation": 1})
    cookies.append(renewed.data["headers"]["Cookie"])
    await rest.connect("work")
    values = [cookie.rpartition("oauth2_proxy_kubeflow=")[2] for cookie in cookies]
    assert places.holding(*values) == []
    # The sandbox's password is public; it may be in no answer, event or log all the same.
    assert [name for name in places.holding(PASSWORD) if "/" not in name] == []
    file = next(Path(os.environ["JUPYTER_CONFIG_DIR"]).glob("kfp_connect.json"), None)
    assert file is None or PASSWORD not in file.read_text()


async def test_a_refused_password_is_nowhere(
    rest: Rest, kubeflow: RunningSandbox, places: Places, broker: BrokerClient
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await rest.sign_in("work", password=CANARY)
    assert rung(told, "signed-in")["code"] == "wrong-password"
    body = {"connection": "work", "username": USER, "password": CANARY}
    assert CANARY not in (await broker.ask("connect", body)).text
    assert CANARY not in (await broker.ask("lease", {"connection": "work"})).text
    assert places.holding(CANARY) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"password": "canary-5ecret-f00d"', "application/json"),
        ('["canary-5ecret-f00d"]', "application/json"),
        ('{"password": "canary-5ecret-f00d"}', "text/plain"),
        ("password=canary-5ecret-f00d", "application/x-www-form-urlencoded"),
        ('{"passwort": "canary-5ecret-f00d"}', "application/json"),
        ('{"password": ["canary-5ecret-f00d"]}', "application/json"),
        ('{"remember": "canary-5ecret-f00d"}', "application/json"),
    ],
    ids=["broken", "list", "text", "form", "misspelt", "nested", "misplaced"],  # not the bodies
)
async def test_a_request_that_cannot_be_read_is_not_repeated(
    rest: Rest, places: Places, body: str, kind: str, broker: BrokerClient
) -> None:
    await rest.put("work", host="https://kubeflow.example.com")
    path = "connections/work/connect"
    told = await rest.ask("POST", path, body, headers={"Content-Type": kind})
    assert told.status in (400, 415)
    assert CANARY not in (await broker.ask("connect", body)).text
    assert places.holding(CANARY) == []


async def test_a_token_or_cookie_that_is_refused_is_nowhere(
    rest: Rest, start_sandbox: StartSandbox, kubeflow: RunningSandbox, places: Places
) -> None:
    api = start_sandbox(api_only=True)
    await rest.put("api", host=api.sandbox.host)
    await rest.put("door", host=kubeflow.sandbox.host)
    for name, given in (
        ("api", {"token": CANARY}),
        ("api", {"token": f"{CANARY} with a space"}),
        ("door", {"cookies": f"oauth2_proxy_kubeflow={CANARY}"}),
        ("door", {"cookies": CANARY}),
    ):
        told = await rest.connect(name, **given)
        assert rung(told, "signed-in")["state"] == "failed", given
    token = api.sandbox.issue_token()
    assert states(await rest.connect("api", token=token)) == ["ok", "ok", "ok"]
    assert places.holding(CANARY, token) == []


async def test_a_mistake_of_our_own_logs_where_and_not_what(
    rest: Rest, kubeflow: RunningSandbox, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(climb: Any) -> None:
        raise ValueError(climb.given.password.reveal())

    monkeypatch.setattr("jupyter_kfp_connect.core.climb.Climb.run", fail)
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await rest.sign_in("work", password=CANARY)
    assert rung(told, "reachable")["code"] == "unexpected"
    assert places.holding(CANARY) == []


async def test_the_brokers_secret_is_in_its_description_alone(
    rest: Rest, broker: BrokerClient, places: Places
) -> None:
    await broker.ask("connections", method="GET")
    await rest.ask("GET", "connections")
    assert places.holding(broker.secret) in ([], [str(broker.description)])
    assert broker.secret in broker.description.read_text()
