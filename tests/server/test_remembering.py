"""Who chose to be remembered is; what was refused, given up or moved is forgotten."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.times import written
from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.keychain import SERVICE

from ..sandbox.running import RunningSandbox
from .asking import POSTED, TIMEOUT, USER, BrokerClient, Rest, counted, eventually
from .climbs import Climbs
from .contract import rung
from .keyrings import MemoryKeyring, remembered


async def test_without_the_choice_nothing_is_kept(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    for choice in ("server", "no"):
        assert (await rest.sign_in("work", remember=choice))["remembered"] == choice
    assert vault.kept == {}


async def test_who_keeps_no_password_sees_when_the_session_ends(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    kept = await rest.sign_in("work", remember="server")
    assert rung(kept, "signed-in")["detail"] == USER
    once = await rest.sign_in("work", remember="no")
    until = written(datetime.fromisoformat(once["expires_at"].replace("Z", "+00:00")))
    assert rung(once, "signed-in")["detail"] == f"{USER}, until {until}"
    assert not once["renews"]


@pytest.mark.parametrize("choice", ["server", "no"])
async def test_a_later_choice_removes_what_an_earlier_one_kept(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, restart: Any, choice: str
) -> None:
    await remembered(rest, kubeflow)
    assert len(vault.kept) == 1
    assert (await rest.sign_in("work", remember=choice))["remembered"] == choice
    await eventually(lambda: vault.kept == {})
    await restart()
    assert rung(await rest.connect("work"), "signed-in")["code"] == "sign-in-needed"


async def test_signing_in_with_what_is_kept_keeps_it(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, restart: Any
) -> None:
    await remembered(rest, kubeflow)
    await restart()
    for _ in range(2):
        assert (await rest.connect("work", remember="server"))["remembered"] == "keyring"
    assert len(vault.kept) == 1


async def test_who_is_remembered_signs_in_after_a_restart_by_doing_nothing(
    vault: MemoryKeyring,
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    restart: Any,
) -> None:
    made = await remembered(rest, kubeflow)
    assert made["remembered"] == "keyring"
    assert list(vault.kept) == [(SERVICE, made["id"])]
    await restart()
    assert list(vault.kept) == [(SERVICE, made["id"])]
    lease = await broker.lease("work")
    assert lease["signed_in_as"] == USER
    told = await rest.get("work")
    assert (told["remembered"], told["renews"]) == ("keyring", True)
    assert counted(kubeflow, POSTED) == 2


async def test_a_refused_password_is_removed_and_never_tried_again(
    vault: MemoryKeyring,
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    restart: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await remembered(rest, kubeflow)
    await restart()
    monkeypatch.setattr(kubeflow.sandbox.cluster.directory, "check_password", lambda *_: False)
    told = await rest.connect("work")
    assert rung(told, "signed-in")["code"] == "wrong-password"
    assert told["remembered"] == "no"
    for _ in range(2):
        await rest.connect("work")
        await broker.ask("lease", {"connection": "work"})
    assert counted(kubeflow, POSTED) == 2
    await eventually(lambda: vault.kept == {})


async def test_a_refused_password_that_cannot_be_removed_is_not_tried_again_either(
    vault: MemoryKeyring,
    rest: Rest,
    kubeflow: RunningSandbox,
    restart: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await remembered(rest, kubeflow)
    await restart()
    vault.is_read_only = True
    with monkeypatch.context() as changed:
        directory = kubeflow.sandbox.cluster.directory
        changed.setattr(directory, "check_password", lambda *_: False)
        for _ in range(3):
            await rest.connect("work")
    assert counted(kubeflow, POSTED) == 2
    vault.is_read_only = False
    assert (await rest.sign_in("work", remember="keyring"))["remembered"] == "keyring"


async def test_a_directory_that_is_down_costs_no_remembered_password(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, restart: Any
) -> None:
    await remembered(rest, kubeflow)
    await restart()
    directory = kubeflow.sandbox.cluster.directory
    directory.is_down = True
    assert rung(await rest.connect("work"), "signed-in")["code"] == "directory-down"
    directory.is_down = False
    assert (await rest.connect("work"))["remembered"] == "keyring"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "connections/work/disconnect", {}),
        ("DELETE", "connections/work", None),
        ("PUT", "connections/work", {"host": "http://127.0.0.1:9/pipeline"}),
        ("PUT", "connections/work", {"proxy": "http://127.0.0.1:9"}),
    ],
    ids=["disconnect", "remove", "host", "proxy"],
)
@pytest.mark.parametrize("restarted", [False, True], ids=["at-once", "after-a-restart"])
async def test_what_is_given_up_or_moved_is_removed(
    vault: MemoryKeyring,
    rest: Rest,
    kubeflow: RunningSandbox,
    extension: KfpConnect,
    restart: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: Any,
    restarted: bool,
) -> None:
    # This keyring does not hang: what it is told is done, however late it gets to run.
    monkeypatch.setattr("jupyter_kfp_connect.server.keychain._AT_THE_END", TIMEOUT)
    await remembered(rest, kubeflow)
    if restarted:
        await restart()
    assert (await rest.ask(method, path, body)).status < 300
    await extension.stop_extension()  # at once: the removal is not lost
    assert vault.kept == {}


async def test_a_new_name_or_title_moves_nothing(
    vault: MemoryKeyring, rest: Rest, kubeflow: RunningSandbox, restart: Any
) -> None:
    await remembered(rest, kubeflow)
    await rest.put("work", name="job", title="The job", namespace="team-shared")
    await restart()
    assert (await rest.connect("job"))["remembered"] == "keyring"


@pytest.mark.parametrize(
    "change", [{"host": "http://127.0.0.1:9/pipeline"}, {"proxy": "http://127.0.0.1:9"}]
)
async def test_a_file_changed_while_no_server_ran_does_not_move_the_password(
    vault: MemoryKeyring,
    rest: Rest,
    kubeflow: RunningSandbox,
    restart: Any,
    jp_config_dir: Path,
    extension: KfpConnect,
    change: dict[str, str],
) -> None:
    made = await remembered(rest, kubeflow)
    await restart()
    assert extension._manager is not None
    kept = await extension._manager.keychain.get(extension._manager.live("work").entry.connection)
    assert kept is not None
    assert kept.username == USER
    file = jp_config_dir / "kfp_connect.json"
    stored = json.loads(file.read_text())
    stored["connections"]["work"] |= change
    file.write_text(json.dumps(stored))
    extension._manager.catalogue.reload()
    moved = extension._manager.catalogue.find("work").connection
    assert moved.id == made["id"]
    assert await extension._manager.keychain.get(moved) is None


async def test_the_password_is_in_the_keyring_and_nowhere_else(
    vault: MemoryKeyring,
    rest: Rest,
    kubeflow: RunningSandbox,
    events: list[dict[str, Any]],
    restart: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    canary = "canary-5ecret-f00d"
    monkeypatch.setattr("jupyter_kfp_connect.sandbox.directory.PASSWORD", canary)
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    with caplog.at_level("DEBUG"):
        await rest.sign_in("work", password=canary, remember="keyring")
        await restart()
        assert (await rest.connect("work"))["remembered"] == "keyring"
    (text,) = vault.kept.values()
    assert canary in text
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(canary.encode() in content for content in files)
    assert canary not in "".join(rest.texts) + json.dumps(events) + caplog.text


async def test_a_kept_password_that_is_being_tried_is_not_left_to_be_tried_again(
    vault: MemoryKeyring,
    rest: Rest,
    kubeflow: RunningSandbox,
    restart: Any,
    climbs: Climbs,
) -> None:
    await remembered(rest, kubeflow)
    await restart()
    climbs.hold()
    await rest.ask("POST", "connections/work/connect", {}, params={"wait": "0"})
    await climbs.begun()
    given = {"cookies": "oauth2_proxy_kubeflow=from-a-browser"}
    other = await rest.ask("POST", "connections/work/connect", given)
    assert (other.status, other.error["code"]) == (409, "busy")
    climbs.let_go()
    assert (await rest.settled("work"))["remembered"] == "keyring"
