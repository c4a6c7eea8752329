"""While a sign-in or a look is under way: who waits, who is told, and what Cancel ends."""

from __future__ import annotations

import asyncio
from typing import Any

from ..sandbox.running import RunningSandbox
from .asking import (
    AT_ONCE,
    HANGS,
    PASSWORD,
    PATIENTLY,
    POSTED,
    USER,
    BrokerClient,
    Rest,
    SilentServer,
    counted,
    eventually,
)
from .climbs import Climbs
from .contract import rung, states


async def test_connect_does_not_make_a_user_wait_longer_than_asked(rest: Rest) -> None:
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        told = await rest.ask("POST", "connections/slow/connect", {}, params={"wait": "0"})
        assert told.status == 202
        assert told.data["busy"] is True
        await silent.reached()
        await rest.ask("POST", "connections/slow/cancel")


async def test_what_takes_longer_settles_by_itself(
    rest: Rest, kubeflow: RunningSandbox, climbs: Climbs
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    climbs.hold()
    given = {"username": USER, "password": PASSWORD}
    told = await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    assert told.status == 202
    climbs.let_go()
    assert states(await rest.settled("work")) == ["ok", "ok", "ok"]


async def test_two_windows_that_connect_at_once_make_one_climb(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await asyncio.gather(*(rest.connect("work") for _ in range(2)))
    assert counted(kubeflow, "GET /oauth2/start") == 1


async def test_a_second_sign_in_is_told_that_one_is_under_way(rest: Rest) -> None:
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        given: dict[str, Any] = {"username": USER, "password": PASSWORD}
        await rest.ask("POST", "connections/slow/connect", given, params={"wait": "0"})
        again = await rest.ask("POST", "connections/slow/connect", given)
        assert (again.status, again.error["code"]) == (409, "busy")
        assert again.error["retryable"] is True
        await rest.ask("POST", "connections/slow/cancel")


async def test_what_is_typed_in_one_window_is_not_lost_because_another_window_looks(
    rest: Rest,
) -> None:
    given: dict[str, Any] = {"username": USER, "password": PASSWORD}
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        asked = rest.ask("POST", "connections/slow/connect", {}, params=PATIENTLY)
        look = asyncio.ensure_future(asked)
        await silent.reached()
        typed = await rest.ask("POST", "connections/slow/connect", given, params={"wait": "0"})
        assert (typed.status, typed.data["busy"]) == (202, True)
        # Who looked is told what is going on now.
        assert (await asyncio.wait_for(look, AT_ONCE)).data["busy"] is True
        await eventually(lambda: silent.asked == 2)
        await rest.ask("POST", "connections/slow/cancel")


async def test_a_kernel_that_waits_for_a_look_waits_for_the_sign_in_in_its_place(
    rest: Rest, broker: BrokerClient
) -> None:
    given: dict[str, Any] = {"username": USER, "password": PASSWORD}
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        lease = asyncio.ensure_future(broker.ask("lease", {"connection": "slow"}))
        await silent.reached()
        await rest.ask("POST", "connections/slow/connect", given, params={"wait": "0"})
        await eventually(lambda: silent.asked == 2)
        assert not lease.done()
        await rest.ask("POST", "connections/slow/cancel")
        assert (await asyncio.wait_for(lease, AT_ONCE)).status == 409


async def test_a_sign_in_that_takes_the_place_of_a_look_succeeds(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.ask("POST", "connections/work/connect", {}, params={"wait": "0"})
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]
    assert counted(kubeflow, POSTED) == 1


async def test_cancel_ends_at_once_and_sends_nothing_more(rest: Rest) -> None:
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        asked = rest.ask("POST", "connections/slow/connect", {}, params=PATIENTLY)
        waiting = asyncio.ensure_future(asked)
        await silent.reached()
        cancelled = await rest.ask("POST", "connections/slow/cancel")
        assert cancelled.data["busy"] is False
        assert states(cancelled.data) == ["unknown"] * 3
        assert (await asyncio.wait_for(waiting, AT_ONCE)).data["busy"] is False
        assert silent.asked == 1


async def test_cancel_and_connect_again_gives_the_second_result(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    given: dict[str, Any] = {"username": USER, "password": PASSWORD}
    await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    await rest.ask("POST", "connections/work/cancel")
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]


async def test_cancelling_a_look_keeps_session_and_rungs(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    await rest.ask("POST", "connections/work/connect", {}, params={"wait": "0"})
    kept = (await rest.ask("POST", "connections/work/cancel")).data
    assert states(kept) == ["ok", "ok", "ok"]
    assert kept["signed_in_as"] == USER


async def test_a_climb_that_ends_after_disconnect_or_delete_changes_nothing(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    given: dict[str, Any] = {"username": USER, "password": PASSWORD}
    for method, path in (("POST", "connections/work/disconnect"), ("DELETE", "connections/work")):
        await rest.put("work", host=kubeflow.sandbox.host)
        await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
        await rest.ask(method, path)
    told = await rest.ask("GET", "connections")
    assert told.data["connections"] == []


async def test_a_kernel_that_asks_during_a_sign_in_gets_what_comes_of_it(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    given: dict[str, Any] = {"username": USER, "password": PASSWORD}
    await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    assert (await broker.lease("work"))["signed_in_as"] == USER
    assert counted(kubeflow, POSTED) == 1


async def test_kernels_go_on_with_the_session_while_another_sign_in_hangs_or_is_given_up(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, climbs: Climbs
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    climbs.hold()
    given: dict[str, Any] = {"username": USER, "password": "not-this-one"}
    await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    await climbs.begun()
    assert (await broker.lease("work"))["generation"] == 1
    kept = (await rest.ask("POST", "connections/work/cancel")).data
    assert (states(kept), kept["signed_in_as"]) == (["ok", "ok", "ok"], USER)


async def test_another_host_ends_the_sign_in_under_way_at_the_first(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    with SilentServer() as silent:
        await rest.put("work", host=silent.host, timeout=HANGS)
        given: dict[str, Any] = {"username": USER, "password": PASSWORD}
        await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
        await silent.reached()
        moved = await rest.put("work", host=kubeflow.sandbox.host)
        assert (moved["busy"], states(moved)) == (False, ["unknown"] * 3)
    told = await rest.connect("work")
    assert rung(told, "signed-in")["code"] == "sign-in-needed"
    assert counted(kubeflow, POSTED) == 0
