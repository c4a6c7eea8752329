"""Events: every window learns of every change, and of nothing more than that."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from jupyter_events.validators import JUPYTER_EVENTS_SCHEMA_VALIDATOR

from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.events import SCHEMA_ID

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, BrokerClient, Rest, eventually


def kinds(events: list[dict[str, Any]]) -> set[str]:
    """Return what the events are about, and forget them."""
    seen = {event["kind"] for event in events}
    events.clear()
    return seen


def test_the_schema_is_registered_as_jupyter_wants_it(
    extension: KfpConnect, jp_serverapp: Any
) -> None:
    schema = jp_serverapp.event_logger.schemas.get(SCHEMA_ID)
    JUPYTER_EVENTS_SCHEMA_VALIDATOR.validate(schema._schema)
    assert "header" not in str(schema._schema)


async def test_every_change_is_told(
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    events: list[dict[str, Any]],
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host)
    assert "connections" in kinds(events)
    await rest.sign_in("work")
    revisions = [event["revision"] for event in events]
    assert len(events) > 2, "each rung is told as it is found"
    assert revisions == sorted(set(revisions))
    assert {event["connection_id"] for event in events} == {made["id"]}
    assert PASSWORD not in str(events)
    kinds(events)
    await rest.ask("PUT", "default", {"name": "work"})
    assert kinds(events) == {"default"}
    told = {"kernel_id": "k", "connection": "work", "variable": "kfp_client", "state": "armed"}
    await broker.ask("holds", told)
    assert (events[0]["kind"], events[0]["kernel_id"]) == ("kernels", "k")
    kinds(events)
    for path in ("cancel", "disconnect"):
        await rest.ask("POST", f"connections/work/{path}")
    assert kinds(events) == {"connection"}
    await rest.put("work", title="Work")
    assert kinds(events) == {"connection", "connections"}
    await rest.ask("DELETE", "connections/work")
    assert "connections" in kinds(events)


async def test_reading_tells_nobody_anything(
    rest: Rest, kubeflow: RunningSandbox, events: list[dict[str, Any]]
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await eventually(lambda: bool(events))
    events.clear()
    for path in ("connections", "kernels"):
        await rest.ask("GET", path)
    assert events == []


_START = """
import asyncio, sys
from jupyter_server.serverapp import ServerApp

def watch(event, arguments):
    assert event != "socket.connect", f"the server's start connects to {arguments[1]}"

sys.addaudithook(watch)

async def start():
    app = ServerApp()
    app.initialize(["--allow-root", *sys.argv[1:]], new_httpserver=False)
    loaded = "jupyter_kfp_connect" in app.extension_manager.extension_apps
    heavy = ("kfp", "kfp_server_api", "requests", "urllib3", "jupyter_kfp_connect.sandbox")
    print(loaded, ",".join(name for name in heavy if name in sys.modules))
    await app._cleanup()

asyncio.run(start())
"""


def test_a_servers_start_asks_nobody_and_imports_nothing_heavy(jp_environ: Any) -> None:
    others = ("jupyter_lsp", "jupyterlab", "notebook", "notebook_shim", "jupyter_server_terminals")
    extensions = {"jupyter_kfp_connect": True} | dict.fromkeys(others, False)
    done = subprocess.run(
        [sys.executable, "-c", _START, f"--ServerApp.jpserver_extensions={extensions}"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr
