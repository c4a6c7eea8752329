"""Nothing leaks: whatever goes right or wrong, no secret is where anybody could read it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from ..sandbox.running import RunningSandbox
from ..stack.processes import wait_until
from . import cells
from .conftest import PASSWORD, WRONG, Kubeflow
from .world import Notebook, World

USER = "user@example.com"
RIGHT = {"username": USER, "password": PASSWORD}


@pytest.fixture(autouse=True)
def nothing_leaks(world: World) -> Iterator[None]:
    """Search everything after each path."""
    yield
    assert world.evidence.leaks() == []


@pytest.fixture(scope="module")
def work(world: World, kubeflow: Kubeflow) -> dict[str, Any]:
    """A connection that somebody is signed in to."""
    world.ask("PUT", "connections/work", {"host": kubeflow.door.sandbox.host})
    told = world.ask("POST", "connections/work/connect", RIGHT).json()
    assert told["signed_in_as"] == USER, told
    return dict(told)


@pytest.fixture
def notebook(world: World, work: Any) -> Iterator[Notebook]:
    """A notebook whose kernel tells all it can."""
    with world.notebook() as opened:
        opened.run(cells.TALKATIVE.format(folder=str(world.secrets)))
        opened.run(cells.INSPECT + cells.CAUGHT)
        assert "c4n4ryHarmless" in opened.run("MARKER")
        yield opened


def test_the_search_finds_what_is_there(world: World, work: Any) -> None:
    for form in (PASSWORD, PASSWORD.encode().hex(), json.dumps({"p": PASSWORD})):
        planted = (f"planted {form}", form.encode())
        world.evidence._said.append(planted)
        assert any("planted" in leak for leak in world.evidence.leaks()), form
        world.evidence._said.remove(planted)  # an event may have come after it
    assert world.evidence.holds("server.log", "urllib3.connectionpool"), "the log is talkative"
    event = '"kind": "connection"'
    wait_until(lambda: world.evidence.holds("an event", event), "an event of the connection")
    assert world.evidence.holds("process", "jupyter")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{{"password": "{0}"', "application/json"),
        ('["{0}"]', "application/json"),
        ('{{"password": "{0}"}}', "text/plain"),
        ("username=user&password={0}", "application/x-www-form-urlencoded"),
        ('{{"passwort": "{0}"}}', "application/json"),
        ('{{"password": ["{0}"]}}', "application/json"),
        ('{{"password": {{"is": "{0}"}}}}', "application/json"),
        ('{{"username": {{"{0}": 1}}}}', "application/json"),
        ('{{"{0}": "x"}}', "application/json"),
        ('{{"remember": "{0}"}}', "application/json"),
        ('{{"kind": "{0}"}}', "application/json"),
        ('{{"login_host": "{0}"}}', "application/json"),
    ],
    ids=lambda value: value if "/" in value and "{" not in value else None,
)
@pytest.mark.parametrize("path", ["connections/work/connect", "connections/nowhere/connect"])
def test_a_body_that_cannot_be_read(
    world: World, work: Any, path: str, body: str, kind: str
) -> None:
    answer = world.ask("POST", path, body.format(PASSWORD), **{"Content-Type": kind})
    assert 400 <= answer.status_code < 500


def test_what_windows_ask_and_do(world: World, work: Any, kubeflow: Kubeflow) -> None:
    given: list[tuple[str, dict[str, str], str]] = [
        ("door", {"username": USER, "password": WRONG}, "wrong-password"),
        ("door", {"cookies": (world.secrets / "wrong-cookie").read_text()}, "cookie-refused"),
        ("api", {"token": (world.secrets / "wrong-token").read_text()}, "token-"),
        ("api", {"token": (world.secrets / "bad-token").read_text()}, "token-malformed"),
    ]
    world.ask("PUT", "connections/door", {"host": kubeflow.door.sandbox.host})
    world.ask("PUT", "connections/api", {"host": kubeflow.api.sandbox.host})
    for name, body, code in given:
        told = world.ask("POST", f"connections/{name}/connect", body).json()
        assert str(told["rungs"][1]["code"]).startswith(code), told
        world.ask("POST", f"connections/{name}/diagnose", {})
    token = (world.secrets / "token").read_text()
    told = world.ask("POST", "connections/api/connect", {"token": token}).json()
    assert [rung["state"] for rung in told["rungs"]] == ["ok"] * 3
    for name in ("api", "work"):
        world.ask("POST", f"connections/{name}/diagnose", {})
        world.ask("GET", f"connections/{name}/overview")
    for path in ("connections", "kernels", "manifests/pod?namespace=team-a"):
        assert world.ask("GET", path).status_code == 200
    world.ask("POST", "detect", {})


def test_calls_that_work_and_calls_that_fail(notebook: Notebook) -> None:
    assert "ready" in notebook.run("client = %kfp_connect work\nprint('ready', client)")
    notebook.run("print(client.list_experiments())\nclient")
    notebook.fails("client.get_run('no-such-run')", "404")
    notebook.fails("client.list_runs(namespace='someone-elses')", "forbidden")
    notebook.fails("client.create_experiment(name=5, description=object())", "Error")
    for option in ("", "--status", "--diagnose", "--refresh", "--as 1x", "--host http://[bad"):
        notebook.run(f"%kfp_connect work {option}")
    notebook.run("caught(lambda: client.get_run('no-such-run'))")
    notebook.run("caught(lambda: client.list_runs(namespace='someone-elses'))")


def test_a_host_that_goes_away_under_a_client(
    world: World, notebook: Notebook, kubeflow: Kubeflow
) -> None:
    with RunningSandbox(SandboxOptions()) as going:
        world.ask("PUT", "connections/going", {"host": going.sandbox.host})
        world.ask("POST", "connections/going/connect", RIGHT)
        notebook.run("going = %kfp_connect going\ngoing.list_experiments()")
    notebook.fails("going.list_experiments()", "connection-refused")
    notebook.run("caught(lambda: going.list_experiments())")
    notebook.fails("%kfp_connect going --refresh", "")
    world.ask("POST", "connections/going/diagnose", {})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("{door!r}, username='user@example.com', password=given('wrong')", "wrong-password"),
        ("'http://127.0.0.1:9', username='me', password=given('password')", "connection-refused"),
        ("{door!r}, cookies=given('wrong-cookie')", "cookie-refused"),
        ("{door!r}, cookies={{'a b': given('wrong-cookie')}}", "cookie-refused"),
        ("{api!r}, token=given('wrong-token')", "token-"),
        ("{api!r}, token=given('bad-token')", "token-malformed"),
        ("{api!r}, token=[given('token')]", "bad-request"),
        ("{api!r}, token_file={folder!r} + '/bad-token'", "token-malformed"),
        ("{api!r}, token_command=['cat', {folder!r} + '/bad-token']", "token-"),
        (
            "{api!r}, token_command=['sh', '-c', 'cat {folder}/token >&2; exit 3']",
            "token-command-failed",
        ),
        ("{api!r}, password=given('password'), token=given('token')", "bad-request"),
    ],
)
def test_a_client_of_the_kernels_own_that_cannot_be(
    world: World, notebook: Notebook, kubeflow: Kubeflow, arguments: str, code: str
) -> None:
    places = {
        "door": kubeflow.door.sandbox.host,
        "api": kubeflow.api.sandbox.host,
        "folder": str(world.secrets),
    }
    call = f"kfc.connect(host={arguments.format(**places)})"
    notebook.fails(call, code)
    notebook.run(f"caught(lambda: {call})")


def test_clients_of_the_kernels_own(notebook: Notebook, kubeflow: Kubeflow) -> None:
    door, api = kubeflow.door.sandbox.host, kubeflow.api.sandbox.host
    for made in (
        f"kfc.connect(host={door!r}, username='user@example.com', password=given('password'))",
        f"kfc.KFPClientManager({door!r}, 'user@example.com', given('password'))"
        ".create_kfp_client()",
        f"kfc.connect(host={api!r}, token=given('token'))",
    ):
        assert "c4n4ryHarmless" in notebook.run(f"mine = {made}\nprint(MARKER)")
        notebook.run("print(mine.list_experiments(namespace='kubeflow-user-example-com'))")
        notebook.fails("mine.get_run('no-such-run')", "404")
        notebook.run("caught(lambda: mine.list_runs(namespace='someone-elses'))")
        notebook.run("look(mine)")
    notebook.run(f"manager = kfc.KFPClientManager({door!r}, 'me', given('wrong'))")
    notebook.fails("manager.create_kfp_client()", "wrong-password")
    notebook.run("caught(manager.create_kfp_client)\nlook(manager)")


def test_every_public_object_looked_at(notebook: Notebook) -> None:
    notebook.run("client = %kfp_connect work\nlook(client)")
    notebook.run("for name in kfc.__all__: look(getattr(kfc, name))")
    notebook.run(
        "for value in list(vars(client).values()):\n"
        "    look(value, depth=0) if type(value).__module__.startswith('kfp') else print(value)"
    )
    notebook.run("look(client._run_api.api_client.configuration)")
    notebook.run("look(client._run_api.api_client.rest_client)")


def test_what_is_kept_of_a_session(world: World, notebook: Notebook) -> None:
    notebook.run("%cd " + str(world.folder))
    notebook.run("client = %kfp_connect work")
    notebook.fails("client.get_run('no-such-run')", "404")
    for line in cells.KEEP:
        notebook.run(line)
    assert world.evidence.holds("history.txt", "c4n4ryHarmlessMarker")
    assert world.evidence.holds("kept.ipynb", "c4n4ryHarmlessMarker")
    assert world.evidence.holds("history.sqlite", "c4n4ryHarmlessMarker")


def test_a_name_whose_client_cannot_be_made(world: World, notebook: Notebook) -> None:
    assert notebook.kernel.arm("nowhere")["state"]
    notebook.fails("kfp_client.list_experiments()", "unknown-connection")
    notebook.run("look(kfp_client)")
    world.ask("GET", "kernels")


@pytest.mark.parametrize("kind", ["notebook", "html", "script"])
def test_a_notebook_run_and_exported(world: World, work: Any, kind: str) -> None:
    source = world.folder / "exported.ipynb"
    written = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(code) for code in cells.EXPORTED]  # type: ignore[no-untyped-call]
    )
    nbformat.write(written, source)  # type: ignore[no-untyped-call]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "nbconvert", "--execute", "--allow-errors"),
            *("--log-level=DEBUG", f"--to={kind}", f"--output=exported-{kind}", str(source)),
        ],
        env=world.environ | {"KFP_CONNECT_BROKER": str(world.description)},
        capture_output=True,
        timeout=300,
        check=True,
    )
    world.evidence.add(f"nbconvert to {kind}", done.stdout + done.stderr)
    assert world.evidence.holds(f"exported-{kind}.", "c4n4ryHarmlessMarker")
    if kind != "script":
        assert world.evidence.holds(f"exported-{kind}.", "no-such-run")


def test_terminals(world: World, work: Any, kubeflow: Kubeflow) -> None:
    world.terminal("logout", "work")
    assert "wrong-password" in world.terminal("login", "work", "--username", USER, typed=WRONG)
    assert USER in world.terminal("login", "work", "--username", USER, typed=PASSWORD)
    for words in (
        ("list",),
        ("status", "work"),
        ("status", "work", "--json"),
        ("doctor", "work"),
        ("doctor", "work", "--json"),
        ("doctor", "--host", kubeflow.door.sandbox.host, "--json"),
        ("doctor", "nowhere", "--json"),
    ):
        assert world.terminal(*words)


def test_a_password_that_was_changed_under_every_client(
    world: World, notebook: Notebook, kubeflow: Kubeflow, patch: pytest.MonkeyPatch
) -> None:
    notebook.run("client = %kfp_connect work\nclient.list_experiments()")
    kubeflow.password_is(patch, "another")
    kubeflow.clock.now += 7_200
    try:
        notebook.fails("client.list_experiments()", "wrong-password")
        notebook.run("caught(client.list_experiments)")
        world.ask("POST", "connections/work/diagnose", {})
        world.ask("POST", "connections/work/connect", {"username": USER, "password": WRONG})
    finally:
        kubeflow.password_is(patch, PASSWORD)
    world.ask("POST", "connections/work/connect", RIGHT)
    assert "ready" in notebook.run("client.list_experiments()\nprint('ready')")
    world.ask("POST", "connections/work/disconnect", {})
    notebook.fails("client.list_experiments()", "disconnected")
    world.ask("POST", "connections/work/connect", RIGHT)
