"""The operating system's keyring: used only where it is a real one, and never in the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.keychain import SERVICE

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, POSTED, USER, BrokerClient, Rest, counted, eventually
from .climbs import Climbs
from .contract import rung, states
from .keyrings import MemoryKeyring, PlaintextKeyring, RaisingKeyring, WeakKeyring, remembered
from .test_policy import configured


async def offered(rest: Rest) -> bool:
    """Return whether windows offer to remember."""
    return bool((await rest.ask("GET", "connections")).data["policy"]["keyring"])


async def test_a_real_keyring_is_offered_once_it_is_found(
    vault: MemoryKeyring, rest: Rest, events: list[dict[str, Any]]
) -> None:
    assert await offered(rest) is False, "nobody waits for a keyring"
    await eventually(lambda: bool(events))
    assert [event["kind"] for event in events] == ["connections"]
    assert await offered(rest) is True
    assert len(events) == 1


@pytest.mark.parametrize(
    "backend",
    [FailKeyring, NullKeyring, PlaintextKeyring, WeakKeyring, RaisingKeyring],
)
async def test_what_keeps_nothing_or_keeps_it_openly_is_not_used(
    rest: Rest,
    use_keyring: Any,
    kubeflow: RunningSandbox,
    extension: KfpConnect,
    backend: type,
) -> None:
    unfit = backend()
    use_keyring(unfit)
    told = await remembered(rest, kubeflow)
    assert told["remembered"] == "server"
    assert getattr(unfit, "kept", {}) == {}
    assert await offered(rest) is False


async def test_of_a_chain_only_the_real_link_is_used(
    rest: Rest, use_keyring: Any, kubeflow: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, real = PlaintextKeyring(), MemoryKeyring()
    monkeypatch.setattr(ChainerBackend, "backends", [plain, real])
    use_keyring(ChainerBackend())  # type: ignore[no-untyped-call]
    assert (await remembered(rest, kubeflow))["remembered"] == "keyring"
    assert (len(plain.kept), len(real.kept)) == (0, 1)


@configured(keyring=False)
async def test_where_the_administrator_says_no_nothing_is_kept(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox
) -> None:
    assert (await remembered(rest, kubeflow))["remembered"] == "server"
    await rest.ask("POST", "connections/work/disconnect")
    assert await offered(rest) is False
    assert (vault.kept, vault.reads) == ({}, 0)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"connection": {}, "password": 1}'])
async def test_what_another_program_wrote_there_is_ignored(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, text: str
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    vault.kept[SERVICE, made["id"]] = text
    told = await rest.connect("work")
    assert rung(told, "signed-in")["code"] == "sign-in-needed"
    assert counted(kubeflow, POSTED) == 0


async def test_a_locked_keyring_is_no_failure(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    vault.locked = True
    told = await remembered(rest, kubeflow)
    assert told["remembered"] == "server"
    await rest.ask("POST", "connections/work/disconnect")
    told = await rest.connect("work")
    assert rung(told, "signed-in")["code"] == "sign-in-needed"
    assert PASSWORD not in caplog.text


async def test_who_signs_in_does_not_wait_for_a_keyring_that_hangs(
    vault: MemoryKeyring,
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    climbs: Climbs,
) -> None:
    climbs.hold()
    vault.hangs = threading.Event()
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    given = {"username": USER, "password": PASSWORD, "remember": "keyring"}
    told = await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    assert told.status == 202
    climbs.let_go()
    signed_in = await rest.settled("work")
    assert (states(signed_in), signed_in["remembered"]) == (["ok", "ok", "ok"], "server")
    assert (await broker.lease("work"))["signed_in_as"] == USER
    # Given up meanwhile: what the keyring takes late is removed again.
    await rest.ask("POST", "connections/work/disconnect")
    vault.hangs.set()
    await eventually(lambda: vault.reads > 0)
    await eventually(lambda: vault.kept == {})
    assert (await rest.get("work"))["remembered"] == "no"
