"""One run through every path, failing ones included; all that came back is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbconvert import exporters

from ..kernel.fake_kfp import Answer, Asked, FakeKfp
from ..kernel.real_kernel import Kernel, Outcome
from ..sandbox.running import Clock, RunningSandbox
from . import cells
from .cells import DECOY
from .jupyter import Jupyter

USER = "user@example.com"
PASSWORD = "canary-pa55word & <more> ü-f00d"
WRONG = "canary-wr0ng-pa55word-f00d-cafe"
TOKEN = "canary-t0ken.f00dcafe.beefbeefbeef"
COOKIE = "canary-c00kie-f00dcafe-beefbeef"

#: Their functions are not typed.
_nbformat: Any = nbformat
_v4: Any = nbformat.v4
_exporters: Any = exporters

_FORM = "application/x-www-form-urlencoded"
_BODIES = (
    (f'{{"password": "{WRONG}"', "application/json"),
    (f'["{WRONG}"]', "application/json"),
    (f'{{"passwort": "{WRONG}"}}', "application/json"),
    (f'{{"password": ["{WRONG}"]}}', "application/json"),
    (f'{{"remember": "{WRONG}"}}', "application/json"),
    (f'{{"password": "{WRONG}"}}', "text/plain"),
    (f"password={WRONG}", _FORM),
)


@dataclass
class Errand:
    """What one run does, and what came of it.

    Attributes
    ----------
    cookies : list of str
        The sessions that the server got.
    places : dict
        What is searched, by the name of the place.
    """

    jupyter: Jupyter
    kubeflow: RunningSandbox
    fake: FakeKfp
    clock: Clock
    cookies: list[str] = field(default_factory=list, repr=False)
    places: dict[str, bytes] = field(default_factory=dict, repr=False)
    _cells: list[Any] = field(default_factory=list, repr=False)

    @property
    def secrets(self) -> list[str]:
        """All that must be nowhere."""
        return [PASSWORD, WRONG, TOKEN, COOKIE, *self.cookies]

    def run(self) -> None:
        """Do it all."""
        self._of_windows()
        with self.jupyter.kernel() as kernel:
            self._notebook(kernel)
            self._of_terminals()
            self._after_the_end(kernel)
            self.places |= self.jupyter.processes()
        self._export()

    def _of_windows(self) -> None:
        """Connect, fail, look around, send what cannot be read."""
        rest, host = self.jupyter.rest, self.kubeflow.sandbox.host
        rest("PUT", f"connections/{DECOY}", {"host": host, "username": USER})
        rest("PUT", "connections/other", {"host": self.fake.host})
        connect = f"connections/{DECOY}/connect"
        for body, kind in _BODIES:
            for path in (connect, "connections/new", "default", "detect", "kernels/some-kernel"):
                method = "PUT" if path in ("connections/new", "default") else "POST"
                rest(method, path, body, Content_Type=kind)
        rest("POST", connect, {"username": USER, "password": WRONG})
        self._refuse(401)
        for given in ({"token": TOKEN}, {"cookies": f"session={COOKIE}"}, {"token": f"{TOKEN} x"}):
            rest("POST", "connections/other/connect", given)
        self._allow()
        rest("POST", "connections/other/connect", {"token": TOKEN})
        for remember in ("no", "server"):
            self.clock.now += 60  # no two sessions are the same
            given = {"username": USER, "password": PASSWORD, "remember": remember}
            assert rest("POST", connect, given).json()["signed_in_as"] == USER
            self._keep_cookie()
        for name in (DECOY, "other"):
            rest("POST", f"connections/{name}/diagnose")
            rest("GET", f"connections/{name}/overview?namespace=kubeflow-user-example-com")
        for path in ("connections", "kernels", "manifests/pod-default?namespace=team-a"):
            rest("GET", path)
        rest("PUT", "default", {"name": DECOY})

    def _notebook(self, kernel: Kernel) -> None:
        host = self.kubeflow.sandbox.host
        for code in (cells.LOGGING, cells.PREPARE, cells.BROKER):
            self._cell(kernel, code)
        for code in (cells.CALL, cells.FORBIDDEN, cells.MISSING, cells.STATUS, cells.DIAGNOSE):
            self._cell(kernel, code)
        self.jupyter.rest("GET", "kernels")
        self.clock.now += 1_000_000  # the session is over: the next call renews it
        assert "experiment" in self._cell(kernel, cells.CALL).text
        self._keep_cookie()
        for code in (cells.REFRESH, cells.SHOWN, cells.OBJECTS):
            self._cell(kernel, code)
        fields = {"host": host, "user": USER}
        for source, password in ((cells.PASSWORD, WRONG), (cells.MANAGER, WRONG)):
            self._cell(kernel, source.format(**fields), password)
        for source in (cells.MANAGER, cells.PASSWORD):
            self._cell(kernel, source.format(**fields), PASSWORD)
            for code in (cells.SHOWN, cells.FORBIDDEN, cells.MISSING, cells.OBJECTS):
                self._cell(kernel, code)
        for source, given in ((cells.TOKEN, TOKEN), (cells.COOKIES, f"session={COOKIE}")):
            self._calls_that_fail(kernel, source.format(host=self.fake.host), given)
        self._cell(kernel, cells.HISTORY)

    def _calls_that_fail(self, kernel: Kernel, connect: str, given: str) -> None:
        """Connect in the kernel, then meet each answer that is none, at connecting too."""
        self._allow()
        self._cell(kernel, connect, given)
        for code in (cells.SHOWN, cells.OBJECTS):
            self._cell(kernel, code)
        for status in (403, 401, 500, 200):
            self._refuse(status)
            for code, typed in ((cells.LOOK, ()), (connect, (given,))):
                told = self._cell(kernel, code, *typed)
                assert told.reply["status"] == "error", (code, status)
        # Nobody there, and an answer that is cut off.
        self._cell(kernel, connect.replace(self.fake.host, "http://127.0.0.1:9/pipeline"), given)
        self._cell(kernel, f"kfp_client.list_experiments(namespace={DECOY!r}, page_size='x')")
        self._allow()

    def _of_terminals(self) -> None:
        for words, typed in (
            (("list",), ""),
            (("status",), ""),
            (("status", "other"), ""),
            (("doctor",), ""),
            (("doctor", "--json"), ""),
            (("doctor", "other", "--json"), ""),
            (("logout",), ""),
            (("login", DECOY), f"{WRONG}\n"),
            (("login", DECOY), f"{PASSWORD}\n"),
            (("login", f"{DECOY}-not-there"), f"{PASSWORD}\n"),
        ):
            name = f"terminal {len(self.places)}: {' '.join(words)}"
            self.places[name] = self.jupyter.terminal(*words, typed=typed)

    def _after_the_end(self, kernel: Kernel) -> None:
        """Disconnect and remove under the kernel's hands."""
        self._cell(kernel, cells.BROKER + " --no-wait")
        self.jupyter.rest("POST", f"connections/{DECOY}/disconnect")
        for code in (cells.CALL, cells.SHOWN, cells.STATUS):
            self._cell(kernel, code)
        self.jupyter.rest("DELETE", "connections/other")

    def _cell(self, kernel: Kernel, code: str, *typed: str) -> Outcome:
        outcome = kernel.run(code, answers=typed)
        number = len(self._cells)
        told = json.dumps([outcome.reply, outcome.messages], default=str, ensure_ascii=False)
        self.places[f"cell {number}: {code.strip().splitlines()[0][:60]}"] = told.encode()
        outputs = [
            _v4.output_from_msg({"header": {"msg_type": kind}, "content": content})
            for kind, content in outcome.messages
            if kind in ("stream", "display_data", "execute_result", "error")
        ]
        self._cells.append(_v4.new_code_cell(code, outputs=outputs))
        return outcome

    def _export(self) -> None:
        notebook = _v4.new_notebook(cells=self._cells)
        _nbformat.write(notebook, self.jupyter.home / "used.ipynb")
        for exporter in (_exporters.HTMLExporter(), _exporters.MarkdownExporter()):
            text, _ = exporter.from_notebook_node(notebook)
            self.places[f"export as {exporter.export_from_notebook}"] = text.encode()

    def _keep_cookie(self) -> None:
        lease = self.jupyter.broker.post("/lease", {"connection": DECOY})
        for pair in lease["headers"]["Cookie"].split("; "):
            value = pair.partition("=")[2]
            if value not in self.cookies:
                self.cookies.append(value)

    def _allow(self) -> None:
        self.fake.respond = lambda asked: Answer.json({"multi_user": False})

    def _refuse(self, status: int) -> None:
        """Answer so from now on, with a cookie that nobody should see."""
        self.fake.respond = _refusing(status)


def _refusing(status: int) -> Callable[[Asked], Answer]:
    headers = {"Content-Type": "text/plain", "Set-Cookie": f"session={COOKIE}; Path=/"}
    return lambda asked: Answer(status, b"no, said the gateway", headers)
