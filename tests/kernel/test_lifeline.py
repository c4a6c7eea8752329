"""What other windows know of a kernel: told when it changes, forgotten when the kernel ends."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.kernel.broker_source import Holder
from jupyter_kfp_connect.kernel.telling import Teller

from .fake_broker import FakeBroker, serving
from .fake_kfp import FakeKfp
from .fake_source import make_lease
from .real_kernel import Kernel, running_kernel

HOLDER = Holder("prod", "team-a", "kernel-1", "kfp_client")


def states(broker: FakeBroker) -> list[tuple[str, Any]]:
    """Return what was told, one after the other."""
    return [(body["state"], body["generation"]) for body in broker.bodies("/holds")]


def code(told: Mapping[str, Any]) -> str | None:
    """Return the code of the error that was told."""
    return told["error"]["code"] if told["error"] else None


def test_what_a_kernel_holds_is_told(broker: FakeBroker) -> None:
    problem = error("sdk-missing", "no kfp")
    teller = Teller()
    teller.tell(HOLDER, "failed", problem=problem)
    assert broker.bodies("/holds") == [
        {
            "kernel_id": "kernel-1",
            "connection": "prod",
            "namespace": "team-a",
            "variable": "kfp_client",
            "state": "failed",
            "generation": None,
            "error": problem.to_dict(),
        }
    ]
    teller.end()


def test_a_process_that_is_no_kernel_tells_nothing(broker: FakeBroker) -> None:
    Teller().tell(Holder("prod", None, None, "kfp_client"), "live")
    assert not broker.asked


def test_news_are_told_once(broker: FakeBroker) -> None:
    teller = Teller()
    teller.tell(HOLDER, "live", generation=3)
    teller.tell_news(HOLDER, "live")
    teller.tell_news(HOLDER, "live", generation=4)
    teller.tell_news(HOLDER, "live", generation=4)
    assert states(broker) == [("live", 3), ("live", 4)]
    teller.end()


def test_a_server_that_was_restarted_is_told_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = FakeBroker(tmp_path)
    monkeypatch.setenv("KFP_CONNECT_BROKER", str(broker.description))
    teller = Teller()
    with serving(broker):
        teller.tell(HOLDER, "live", generation=1)
        teller.tell(Holder("dev", None, "kernel-1", "dev"), "armed")
        broker.wait_for_lifelines(1)  # else the end of this server might miss it
    broker.wait_for_lifelines(0)
    with serving(broker):
        teller.tell(HOLDER, "live", generation=2)
        broker.wait_for_lifelines(1)
        again = broker.bodies("/holds")[2:]
        assert {(body["variable"], body["generation"]) for body in again} == {
            ("kfp_client", 2),
            ("dev", None),
        }
        teller.end()


def test_the_last_name_given_back_lets_the_lifeline_go(broker: FakeBroker) -> None:
    teller = Teller()
    teller.tell(HOLDER, "armed")
    broker.wait_for_lifelines(1)
    teller.tell(HOLDER, "gone")
    broker.wait_for_lifelines(0)


def test_a_forked_process_neither_keeps_the_lifeline_nor_tells(broker: FakeBroker) -> None:
    teller = Teller()
    teller.tell(HOLDER, "live", generation=1)
    broker.wait_for_lifelines(1)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
        child = os.fork()
    if child == 0:
        os.close(writer)
        teller.tell(HOLDER, "live", generation=2)
        os.read(reader, 1)  # lives on until its parent has looked
        os._exit(0)
    os.close(reader)
    teller.end()
    broker.wait_for_lifelines(0)
    os.close(writer)
    os.waitpid(child, 0)
    assert states(broker) == [("live", 1)]


def test_arming_opens_one_lifeline_and_a_killed_kernel_closes_it(
    lent: FakeBroker, kernel: Kernel
) -> None:
    kernel.arm()
    kernel.arm(variable="dev")
    kernel.run("kfp_client")
    lent.wait_for_lifelines(1)
    assert lent.lifelines == [kernel.id]
    kernel.manager.shutdown_kernel(now=True)
    lent.wait_for_lifelines(0)


def test_a_child_of_the_kernel_outlives_it_without_its_lifeline(
    lent: FakeBroker,
) -> None:
    with running_kernel({}) as kernel:
        kernel.arm()
        lent.wait_for_lifelines(1)
        kernel.run(
            "import os\n"
            "child = os.fork()\n"
            "if not child:\n    os.setsid(); __import__('time').sleep(300); os._exit(0)"
        )
        child = kernel.value("child")
        os.kill(kernel.value("os.getpid()"), 9)
        lent.wait_for_lifelines(0)
        os.kill(child, 9)


def test_a_renewal_is_told_when_a_call_brings_it(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel
) -> None:
    kernel.arm()
    kernel.run("kfp_client.list_experiments()")
    lent.lend(make_lease(kfp_api.host, generation=2))
    lent.touch()
    kernel.run("kfp_client.list_experiments()")
    kernel.run("kfp_client.list_experiments()")
    assert states(lent) == [("armed", None), ("live", 1), ("live", 2)]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("kfp_client = 1", ("failed", "name-taken")),
        ("del kfp_client", ("armed", None)),
        ("import kfp; kfp_client = kfp.Client(host='http://127.0.0.1:9', namespace='a')", None),
    ],
    ids=["something else", "deleted", "a plain client"],
)
def test_a_name_that_a_cell_changed_is_told(
    lent: FakeBroker, kernel: Kernel, cell: str, told: tuple[str, str | None] | None
) -> None:
    kernel.arm()
    kernel.run("kfp_client")
    kernel.run(cell)
    last = lent.bodies("/holds")[-1]
    assert (last["state"], code(last)) == (told or ("gone", None))


def test_a_failure_stays_told_until_it_is_mended(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel
) -> None:
    lent.refuse(error("forbidden", "jane may not list experiments"))
    kernel.arm()
    kernel.run("kfp_client")
    kernel.run("1 + 1")
    assert [state for state, _ in states(lent)] == ["armed", "failed"]
    lent.lend(make_lease(kfp_api.host))
    kernel.run("kfp_client")
    assert states(lent)[-1] == ("live", 1)


def test_what_keeps_a_kernel_from_being_armed_is_told(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.run("kfp_client = 1")
    assert kernel.arm()["code"] == "name-taken"
    assert code(lent.bodies("/holds")[-1]) == "name-taken"


def test_the_status_of_a_disconnected_client_is_no_ok(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("kfp_client")
    lent.refuse(error("disconnected", "“prod” was disconnected"))
    lent.touch()
    rung = kernel.value(
        "__import__('jupyter_kfp_connect.kernel.magic', fromlist=['x'])"
        ".arming_of(get_ipython()).rung('kfp_client')"
    )
    assert (rung["state"], rung["code"]) == ("failed", "disconnected")
