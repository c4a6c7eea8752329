"""A cell that needs a sign-in: it says what it waits for, and ends as a person expects."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import error

from .fake_broker import FakeBroker
from .fake_kfp import FakeKfp
from .fake_source import make_lease
from .real_kernel import Kernel, Outcome
from .told import connection, signed_out

NEEDED = error("sign-in-needed", "nobody is signed in")
NOBODY = error("sign-in-needed", "nobody is signed in to “prod”, and no JupyterLab window has it")
PROMPT = "Kubeflow Pipelines panel…"


class Panel:
    """A window that has the notebook open; what its panel does is a list of outcomes."""

    def __init__(self, broker: FakeBroker, kfp_api: FakeKfp) -> None:
        self.outcomes: Iterator[str] = iter(())
        self._broker, self._host = broker, kfp_api.host
        broker.refuse(NEEDED)
        broker.routes |= {
            "/status": lambda body: (200, signed_out("local")),
            "/sign-in": lambda body: (200, {"id": "cell-1", "connection": "prod"}),
            "/sign-in/wait": self._wait,
            "/sign-in/cancel": lambda body: (200, {"outcome": "cancelled"}),
        }

    def close(self) -> None:
        """No window has the notebook open."""
        self._broker.refuse(NOBODY, "/sign-in")

    def sign_in(self) -> None:
        """Somebody signs in."""
        self._broker.lend(make_lease(self._host))

    def _wait(self, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        outcome = next(self.outcomes)
        if outcome == "done":
            self.sign_in()
        return 200, {"outcome": outcome}


@pytest.fixture
def panel(broker: FakeBroker, kfp_api: FakeKfp) -> Panel:
    """A window whose panel waits with the form."""
    return Panel(broker, kfp_api)


def shown(outcome: Outcome) -> list[str]:
    """Return what the cell showed, one after the other in one place."""
    kinds = outcome.kinds("display_data", "update_display_data")
    assert len({content["transient"].get("display_id") for content in kinds}) == 1
    return [content["data"]["text/plain"] for content in kinds]


def test_the_cell_says_what_it_waits_for_and_goes_on_with_the_client(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    panel.outcomes = iter(["waiting", "waiting", "done"])
    outcome = notebook.run("c = %kfp_connect prod\nprint(repr(kfp_client), c is kfp_client)")
    assert outcome.reply["status"] == "ok", outcome.text
    first, last = shown(outcome)
    assert first.startswith(f"Waiting for you to sign in to “prod” in the {PROMPT}")
    assert last.startswith("kfp_client: prod · team-a · jane@example.com")
    assert "KubeflowClient: prod · team-a · jane@example.com True" in outcome.text
    asked = {"connection": "id-of-prod", "kernel_id": notebook.id}
    assert broker.bodies("/sign-in") == [asked]
    assert broker.bodies("/sign-in/wait") == [{"id": "cell-1"}] * 3
    assert broker.bodies("/holds")[-1]["state"] == "live"


@pytest.mark.parametrize(("ending", "told"), [("cancelled", "cancelled"), ("nobody", "closed")])
def test_giving_up_in_the_panel_ends_the_cell_with_what_to_do(
    panel: Panel, notebook: Kernel, ending: str, told: str
) -> None:
    panel.outcomes = iter(["waiting", ending])
    outcome = notebook.run("%kfp_connect prod", answers=("never", "asked"))
    [problem] = outcome.kinds("error")
    text = "\n".join(problem["traceback"])
    assert problem["ename"] == "SignInNeeded"
    assert told in text
    assert "run the cell again" in text.lower()
    assert "sign_in.py" not in text
    assert shown(outcome)[-1] == "Nobody signed in to “prod”."
    assert not outcome.kinds("input_request")


def test_an_interrupt_ends_the_cell_and_the_wait(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    pid = notebook.value("__import__('os').getpid()")

    def interrupted() -> Iterator[str]:
        os.kill(pid, signal.SIGINT)
        yield "waiting"
        yield from iter(lambda: "waiting", None)

    panel.outcomes = interrupted()
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["ename"] == "KeyboardInterrupt"
    assert broker.bodies("/sign-in/cancel") == [{"kernel_id": notebook.id}]
    assert shown(outcome)[-1] == "Nobody signed in to “prod”."
    panel.sign_in()
    assert notebook.run("%kfp_connect prod").reply["status"] == "ok"


def test_an_interrupt_before_a_window_answered_takes_the_call_back_too(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    pid = notebook.value("__import__('os').getpid()")

    def interrupted(body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        os.kill(pid, signal.SIGINT)
        broker.wait_for_hang_up()  # no answer before the interrupt has ended the request
        return 200, {"id": "cell-1", "connection": "prod"}

    broker.routes["/sign-in"] = interrupted
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["ename"] == "KeyboardInterrupt"
    assert broker.bodies("/sign-in/cancel") == [{"kernel_id": notebook.id}]


def test_a_session_that_ends_at_once_is_told_and_not_waited_for_twice(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    broker.routes["/sign-in/wait"] = lambda body: (200, {"outcome": "done"})
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["ename"] == "SignInNeeded"
    assert len(broker.bodies("/sign-in")) == 1


def test_a_server_that_was_restarted_knows_of_no_wait(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    del broker.routes["/sign-in/wait"]
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["ename"] == "SignInNeeded"


def test_without_a_window_nobody_waits(panel: Panel, broker: FakeBroker, notebook: Kernel) -> None:
    panel.close()
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["ename"] == "SignInNeeded"
    assert "no JupyterLab window" in outcome.text
    assert not broker.bodies("/sign-in/wait")


def test_without_a_window_the_password_goes_from_the_prompt_to_the_server_alone(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    def connect(body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        panel.sign_in()
        return 200, connection()

    panel.close()
    broker.routes["/connect"] = connect
    outcome = notebook.run("%kfp_connect prod", answers=("jane", "hunter2-canary"))
    assert outcome.reply["status"] == "ok", outcome.text
    prompts = outcome.kinds("input_request")
    assert [prompt["password"] for prompt in prompts] == [False, True]
    assert all("https://kubeflow.example.com/pipeline" in prompt["prompt"] for prompt in prompts)
    assert broker.bodies("/connect") == [
        {
            "connection": "id-of-prod",
            "username": "jane",
            "password": "hunter2-canary",
            "connector": None,
        }
    ]
    assert "hunter2-canary" not in json.dumps(outcome.messages)


def test_a_password_that_is_refused_is_asked_for_once_and_in_no_traceback(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    def connect(body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        broker.refuse(error("wrong-password", "Dex refused the password of jane"))
        return 200, signed_out("local")

    panel.close()
    broker.routes["/connect"] = connect
    notebook.run("%xmode Verbose")
    outcome = notebook.run("%kfp_connect prod", answers=("jane", "hunter2-canary", "never"))
    assert "[wrong-password]" in outcome.text
    assert len(outcome.kinds("input_request")) == 2
    assert "hunter2-canary" not in json.dumps(outcome.messages)


def test_a_prompt_that_is_interrupted_shows_nothing_of_what_was_typed(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    pid = notebook.value("__import__('os').getpid()")

    def connect(body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        os.kill(pid, signal.SIGINT)
        broker.wait_for_hang_up()  # no answer before the interrupt has ended the request
        return 200, signed_out("local")

    panel.close()
    broker.routes["/connect"] = connect
    notebook.run("%xmode Verbose")
    outcome = notebook.run("%kfp_connect prod", answers=("jane", "hunter2-canary"))
    assert outcome.reply["ename"] == "KeyboardInterrupt"
    assert "hunter2-canary" not in json.dumps(outcome.messages)


def test_the_way_to_sign_in_is_asked_for_where_none_follows(
    panel: Panel, broker: FakeBroker, notebook: Kernel
) -> None:
    panel.close()
    broker.routes["/status"] = lambda body: (200, signed_out("ldap", "staff"))
    broker.routes["/connect"] = lambda body: (200, connection())
    outcome = notebook.run("%kfp_connect prod", answers=("2", "jane", "12341234"))
    assert "1  ldap  LDAP" in outcome.kinds("input_request")[0]["prompt"]
    assert broker.bodies("/connect")[0]["connector"] == "staff"


@pytest.mark.parametrize("kind", ["token", "cookie", "login-host"])
def test_what_no_password_opens_asks_for_none(
    panel: Panel, broker: FakeBroker, notebook: Kernel, kind: str
) -> None:
    panel.close()
    told = {**signed_out(), "sign_in": {"kind": kind, "others": []}}
    broker.routes["/status"] = lambda body: (200, told)
    outcome = notebook.run("%kfp_connect prod", answers=("never", "asked"))
    assert outcome.reply["ename"] == "SignInNeeded"
    assert not outcome.kinds("input_request")


@pytest.mark.parametrize(
    "cell",
    [
        "%kfp_connect prod --no-wait",
        "import jupyter_kfp_connect as kfc\nkfc.connect('prod')",
        "%kfp_connect --host http://127.0.0.1:9",
    ],
    ids=["no-wait", "connect()", "host"],
)
def test_what_never_waits_fails_at_once(
    panel: Panel, broker: FakeBroker, notebook: Kernel, cell: str
) -> None:
    outcome = notebook.run(cell, answers=("never", "asked"))
    assert outcome.reply["status"] == "error"
    assert not broker.bodies("/sign-in")
    assert not outcome.kinds("input_request")
