"""Whose rungs ``%kfp_connect`` shows: those of the connection and namespace that were named."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .fake_broker import FakeBroker
from .fake_kfp import Answer, Asked, FakeKfp, as_recorded
from .real_kernel import Kernel
from .told import connection, signed_out

OTHER = connection(name="stage", id="id-of-stage", host="https://stage.example.com/pipeline")


@pytest.mark.parametrize("action", ["status", "diagnose", "refresh"])
def test_the_namespace_that_is_named_is_the_one_looked_at(
    lent: FakeBroker, notebook: Kernel, action: str
) -> None:
    lent.routes[f"/{action}"] = lambda body: (200, connection())
    notebook.run(f"%kfp_connect prod -n team-b --{action}")
    assert lent.bodies(f"/{action}") == [{"connection": "prod", "namespace": "team-b"}]


def test_a_client_made_for_a_namespace_is_looked_at_in_that_one(
    lent: FakeBroker, notebook: Kernel
) -> None:
    lent.routes["/status"] = lambda body: (200, connection())
    notebook.run("%kfp_connect prod -n team-b")
    notebook.run("%kfp_connect --status")
    assert lent.bodies("/status") == [{"connection": "id-of-prod", "namespace": "team-b"}]


def test_what_is_no_namespace_is_told_before_anybody_is_asked(
    lent: FakeBroker, notebook: Kernel
) -> None:
    assert "[bad-request]" in notebook.run("%kfp_connect prod -n Team_B --status").text
    assert not lent.bodies("/status")


def test_a_client_is_shown_with_its_name_and_namespace(lent: FakeBroker, notebook: Kernel) -> None:
    lent.routes["/status"] = lambda body: (200, connection())
    notebook.run("%kfp_connect prod --as dev")
    text = notebook.run("%kfp_connect prod --as dev --status").text
    assert "In the notebook: ok, live as dev, in team-a" in text


@pytest.mark.parametrize(
    ("before", "there"),
    [
        ("%kfp_connect prod", "kfp_client belongs to “prod”; for one of “stage” run"),
        ("pass", "there is no kfp_client yet; run"),
    ],
)
@pytest.mark.parametrize("action", ["status", "diagnose"])
def test_another_connection_s_client_makes_no_rung_of_this_one_hold(
    lent: FakeBroker, notebook: Kernel, action: str, before: str, there: str
) -> None:
    lent.routes[f"/{action}"] = lambda body: (200, OTHER)
    notebook.run(before)
    text = notebook.run(f"%kfp_connect stage -n team-b --{action}").text
    assert f"In the notebook: unknown, {there} %kfp_connect stage -n team-b" in text
    assert "live" not in text


def test_a_reserved_name_of_another_connection_is_none_of_this_one(
    lent: FakeBroker, notebook: Kernel
) -> None:
    lent.routes["/status"] = lambda body: (200, OTHER if body["connection"] else connection())
    notebook.arm("prod")
    assert "belongs to “prod”" in notebook.run("%kfp_connect stage --status").text
    text = notebook.run("%kfp_connect --status").text
    assert "armed: the next cell that names kfp_client makes it" in text


def test_an_address_has_no_client_of_a_connection(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    kfp_api.respond = lambda asked: Answer.json({}, 404)
    notebook.run("%kfp_connect prod")
    for action in ("status", "diagnose"):
        text = notebook.run(f"%kfp_connect --host {kfp_api.host} --{action}").text
        assert "Reachable: failed [not-kfp]" in text
        assert f"kfp_client belongs to “prod”; for one of “{at(kfp_api)}” run" in text
        assert f"run %kfp_connect --host {kfp_api.host}" in text


@pytest.mark.parametrize("action", ["refresh", "disconnect"])
def test_an_address_has_no_session_to_end(lent: FakeBroker, notebook: Kernel, action: str) -> None:
    outcome = notebook.run(f"%kfp_connect --host http://localhost:1 --{action}")
    assert "do not go together" in outcome.text
    assert not lent.bodies(f"/{action}")


def test_a_session_of_this_process_is_looked_at_in_the_namespace_that_is_named(
    isolated_environ: Path, kfp_api: FakeKfp, notebook: Kernel, tmp_path: Path
) -> None:
    kfp_api.respond = _of_team_a_alone
    token = tmp_path / "token"
    token.write_text("secret-token", encoding="ascii")
    fields = {"host": kfp_api.host, "token_file": str(token), "namespace": "team-a"}
    data = {"version": 1, "connections": {"mine": fields}}
    (isolated_environ / ".jupyter" / "kfp_connect.json").write_text(json.dumps(data), "utf-8")
    assert notebook.run("%kfp_connect mine").reply["status"] == "ok"
    for line in ("--status", "--diagnose", "mine --status"):
        assert "Authorized: failed" not in notebook.run(f"%kfp_connect {line}").text
    for line in ("--status", "--diagnose", "mine --status"):
        text = notebook.run(f"%kfp_connect {line} -n team-b").text
        assert "Authorized: failed [forbidden]" in text
        assert "In the notebook: ok, live as kfp_client, in team-a" in text


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("prod", "%kfp_connect prod --as kfp_client_3"),
        ("prod -n team-b", "%kfp_connect prod -n team-b --as kfp_client_3"),
        ("prod --as mine -n team-b", "%kfp_connect prod -n team-b --as mine_2"),
        ("-n 'team b'", "%kfp_connect -n 'team b' --as kfp_client_3"),
        (
            "--host 'http://kf/a b' -n team-b",
            "%kfp_connect --host 'http://kf/a b' -n team-b --as kfp_client_3",
        ),
    ],
)
def test_the_line_for_another_name_connects_to_the_same(
    lent: FakeBroker, notebook: Kernel, line: str, offered: str
) -> None:
    notebook.run("kfp_client = kfp_client_2 = mine = 1")
    assert notebook.run(f"%kfp_connect {line}").text.splitlines()[-1] == offered
    assert not lent.bodies("/lease")


def test_the_status_of_a_name_that_is_taken_offers_the_same(
    lent: FakeBroker, notebook: Kernel
) -> None:
    lent.routes["/status"] = lambda body: (200, connection())
    notebook.run("kfp_client = 1")
    text = notebook.run("%kfp_connect prod -n team-b --status").text
    assert "In the notebook: failed [name-taken]" in text
    assert text.rstrip().endswith("%kfp_connect prod -n team-b --as kfp_client_2")


def test_where_only_a_sign_in_lacks_the_line_for_it_is_there(
    lent: FakeBroker, notebook: Kernel
) -> None:
    needed = signed_out("local")
    needed["rungs"][1]["remedy"] = {"text": "Sign in.", "copy": None}
    lent.routes["/status"] = lambda body: (200, needed)
    text = notebook.run("%kfp_connect prod --status").text
    assert "Sign in.\n%kfp_connect prod\n" in text


@pytest.mark.parametrize("line", ["--help", "prod -h"])
def test_help_is_all_that_it_takes(lent: FakeBroker, notebook: Kernel, line: str) -> None:
    outcome = notebook.run(f"%kfp_connect {line}")
    assert outcome.reply["status"] == "ok"
    assert outcome.text.startswith("%kfp_connect [--host URL]")
    assert "--diagnose" in outcome.text
    assert not lent.bodies("/lease")


def at(kfp_api: FakeKfp) -> str:
    """Return what an address without a name is called."""
    return urlsplit(kfp_api.host).netloc.replace(":", "-")


def _of_team_a_alone(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": True, "tag_name": "2.16.0"})
    if "team-b" in asked.path:
        return as_recorded("kfp-token-rbac-denied")
    return Answer.json({})
