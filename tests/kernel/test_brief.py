"""An error in a cell is the user's own lines and what is wrong, not the way through kfp."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.errors import error

from .fake_broker import FakeBroker
from .fake_kfp import Answer, FakeKfp
from .real_kernel import Kernel

RECORDING = Path(__file__).parent.parent / "recordings" / "kfp-token-rbac-denied.json"
DENIED = json.loads(RECORDING.read_text(encoding="utf-8"))["response"]["body"]
CELL = "def mine():\n    return kfp_client.list_experiments()\nmine()"
#: What a reader of a notebook did not write.
WALL = ("client.py", "api_client.py", "rest.py", "brief.py", "broker_source.py")


def shown(notebook: Kernel, cell: str) -> str:
    """Return the error that a cell shows."""
    [problem] = notebook.run(cell).kinds("error")
    text = "\n".join(problem["traceback"])
    assert not [part for part in WALL if part in text]
    return text


@pytest.fixture
def connected(lent: FakeBroker, notebook: Kernel) -> Kernel:
    lent.routes["/answered"] = lambda body: (204, {})
    notebook.run("%colors nocolor")
    assert notebook.run("%kfp_connect prod").reply["status"] == "ok"
    return notebook


@pytest.mark.parametrize("mode", ["Context", "Plain", "Verbose", "Minimal"])
def test_a_403_shows_the_line_of_the_cell_and_what_to_do(
    connected: Kernel, kfp_api: FakeKfp, mode: str
) -> None:
    kfp_api.respond = lambda asked: Answer.json(DENIED, 403)
    connected.run(f"%xmode {mode}")
    text = shown(connected, CELL)
    assert "namespace-2/default-editor may not list experiments in namespace-1" in text
    assert "[forbidden]" in text
    assert "An owner of namespace-1" in text
    assert "HTTP response headers" not in text
    assert "session-1" not in text
    if mode != "Minimal":
        assert "kfp_client.list_experiments()" in text
        assert "mine()" in text


@pytest.mark.parametrize("mode", ["Context", "Verbose", "Minimal"])
@pytest.mark.parametrize(
    ("status", "told", "reported"),
    [
        (404, "CallFailed: 404 Not Found: Run x not found", False),
        (409, "CallFailed: 409 Conflict: Run x not found", False),
        (418, "answers with an error (418, application/json): “", True),
        (500, "answers with an error (500, application/json): “", True),
    ],
)
def test_any_other_answer_is_as_short(
    connected: Kernel, kfp_api: FakeKfp, mode: str, status: int, told: str, reported: bool
) -> None:
    kfp_api.respond = lambda asked: Answer.json({"message": "Run x not found"}, status)
    connected.run(f"%xmode {mode}")
    text = shown(connected, CELL)
    assert told in text
    assert "Run x not found" in text
    assert (ISSUES in text) is reported
    assert "HTTP response headers" not in text
    assert len(text) < 1500
    if mode != "Minimal":
        assert "mine()" in text


def test_a_session_that_is_over_is_as_short_before_the_call_is_made(
    connected: Kernel, lent: FakeBroker
) -> None:
    lent.refuse(error("session-over", "the session is over"))
    lent.touch()
    text = shown(connected, CELL)
    assert "[session-over]" in text
    assert "kfp_client.list_experiments()" in text
    for place in ("panel", "%kfp_connect prod ", "`jupyter kfp-connect login prod`"):
        assert place in text


def test_a_session_that_is_over_and_a_host_that_is_gone_are_as_short(
    connected: Kernel, lent: FakeBroker, kfp_api: FakeKfp
) -> None:
    kfp_api.respond = lambda asked: Answer.json({}, 401)
    lent.routes["/refused"] = lambda body: (
        409,
        {"error": error("session-over", "the session is over").to_dict()},
    )
    assert "[session-over]" in shown(connected, CELL)
    connected.run("import jupyter_kfp_connect as kfc")
    text = shown(connected, "kfc.connect(host='http://127.0.0.1:9/pipeline')")
    assert "[connection-refused]" in text
    assert "kfc.connect" in text


def test_a_reserved_name_that_cannot_be_made_is_as_short(
    broker: FakeBroker, notebook: Kernel
) -> None:
    broker.refuse(error("session-over", "the session is over"))
    arm = "from jupyter_kfp_connect.kernel.arming import arm; arm('prod')"
    notebook.run(arm)
    text = shown(notebook, CELL)
    assert "[session-over]" in text


def test_a_debugger_still_goes_all_the_way(connected: Kernel, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: Answer.json(DENIED, 403)
    connected.run(CELL)
    frames = "import sys, traceback; [f.name for f in traceback.extract_tb(sys.last_traceback)]"
    assert "experiment_service_list_experiments" in connected.run(frames).text
