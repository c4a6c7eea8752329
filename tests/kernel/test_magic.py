"""``%kfp_connect`` in a real kernel."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from jupyter_kfp_connect.core.errors import error

from .fake_broker import NO_CONNECTIONS, FakeBroker
from .fake_kfp import FakeKfp
from .fake_source import make_lease
from .real_kernel import LOAD, Kernel
from .told import connection, rung


def test_the_next_line_of_the_cell_may_use_the_client(lent: FakeBroker, notebook: Kernel) -> None:
    outcome = notebook.run("%kfp_connect prod\nprint(repr(kfp_client))")
    assert outcome.reply["status"] == "ok", outcome.text
    assert "KubeflowClient: prod · team-a · jane@example.com" in outcome.text


def test_it_shows_as_whom_where_and_links_once(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    ui = "https://kubeflow.example.com/_/pipeline/?ns=team-a"
    lent.lend(make_lease(kfp_api.host, ui_url=ui))
    outcome = notebook.run("%kfp_connect")
    [shown] = outcome.kinds("display_data", "execute_result")
    text, html = shown["data"]["text/plain"], shown["data"]["text/html"]
    for part in ("kfp_client", "prod", "team-a", "jane@example.com", kfp_api.host):
        assert part in text
        assert part in html
    assert f'href="{ui}#/runs"' in html
    assert "session-1" not in json.dumps(outcome.messages)


def test_who_has_no_namespace_yet_is_told_so_beside_the_client(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    lent.lend(make_lease(kfp_api.host, namespace=None, multi_user=True))
    told = notebook.run("%kfp_connect")
    assert "[namespace-needed]: no namespace is chosen" in told.text
    assert "%kfp_connect -n NAMESPACE" in told.text
    assert notebook.value("type(kfp_client).__name__") == "KubeflowClient"
    lent.lend(make_lease(kfp_api.host, namespace=None, multi_user=False))
    assert "namespace-needed" not in notebook.run("%kfp_connect").text


def test_the_end_of_a_session_is_told_with_its_zone(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    ends = datetime(2126, 11, 25, 16, 33, tzinfo=timezone(timedelta(hours=5)))
    lent.lend(make_lease(kfp_api.host, expires_at=ends))
    text = notebook.run(
        "import os, time\nos.environ['TZ'] = 'Asia/Tokyo'; time.tzset()\n%kfp_connect"
    ).text
    assert "signed in until 2126-11-25 at 11:33 UTC" in text


def test_it_returns_the_client_when_assigned(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.run("c = %kfp_connect prod")
    assert notebook.value("c is kfp_client") is True


def test_it_returns_the_client_to_a_program(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.run("c = get_ipython().run_line_magic('kfp_connect', 'prod')")
    assert notebook.value("c is kfp_client") is True


def test_as_names_the_client_and_who_does_not_see_it(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.run("%kfp_connect prod --as dev")
    assert notebook.value("'kfp_client' in globals()") is False
    assert "dev" not in notebook.run("%who").text
    assert lent.bodies("/holds")[-1]["variable"] == "dev"


def test_a_namespace_is_for_this_client(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.run("%kfp_connect prod -n team-b")
    assert lent.bodies("/lease")[0]["namespace"] == "team-b"


def test_the_client_of_a_magic_comes_back_after_a_reset(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.run("%kfp_connect prod")
    notebook.run("%reset -f")
    assert "prod" in notebook.run("print(repr(kfp_client))").text


def test_a_failure_is_short_and_carries_the_remedy(broker: FakeBroker, notebook: Kernel) -> None:
    broker.refuse(
        error("forbidden", "jane may not list experiments", remedy_copy="kind: RoleBinding")
    )
    [problem] = notebook.run("%kfp_connect prod").kinds("error")
    assert problem["ename"] == "NotAuthorized"
    text = "\n".join(problem["traceback"])
    assert "[forbidden]" in text
    assert "An owner of the namespace has to give you access" in text
    assert "kind: RoleBinding" in text
    assert "magic.py" not in text


def test_the_ladder_tells_who_acts_in_both_its_forms(lent: FakeBroker, notebook: Kernel) -> None:
    remedy = {"text": "Do it.", "copy": "kubectl x", "filename": None, "link": None}
    told = connection()
    lent.routes["/status"] = lambda body: (200, told)
    for actor, who in (
        ("administrator", "An administrator has to mend this. Do it."),
        ("namespace owner", "An owner of the namespace has to mend this. Do it."),
        ("you", "You can mend this. Do it."),
    ):
        failed = rung("authorized", "failed", code="forbidden", remedy=remedy, actor=actor)
        told["rungs"] = [rung("reachable"), rung("signed-in"), failed]
        [shown] = notebook.run("%kfp_connect --status").kinds("display_data")
        assert who in shown["data"]["text/plain"]
        assert f"<div>{who}</div>" in shown["data"]["text/html"]


def test_a_failure_can_be_caught(broker: FakeBroker, notebook: Kernel) -> None:
    broker.refuse(error("wrong-password", "the password was refused"))
    outcome = notebook.run(
        "import jupyter_kfp_connect as kfc\n"
        "try:\n    %kfp_connect prod --no-wait\n"
        "except kfc.SignInNeeded as problem:\n    print('caught', problem.code)"
    )
    assert "caught wrong-password" in outcome.text


@pytest.mark.parametrize("line", ["--status --refresh", "--nonsense", "'open"])
def test_a_line_that_cannot_be_read_is_told_in_a_sentence(
    lent: FakeBroker, notebook: Kernel, line: str
) -> None:
    outcome = notebook.run(f"%kfp_connect {line}")
    assert outcome.text.startswith("UsageError:")
    assert "Traceback" not in outcome.text


def test_a_name_of_the_user_s_is_left_alone(lent: FakeBroker, notebook: Kernel) -> None:
    outcome = notebook.run("kfp_client = 1\n%kfp_connect prod")
    assert "%kfp_connect prod --as kfp_client_2" in outcome.text
    assert notebook.value("kfp_client") == 1
    assert not lent.bodies("/lease")


def test_the_status_is_the_ladder_of_all_four_rungs(lent: FakeBroker, notebook: Kernel) -> None:
    lent.routes["/status"] = lambda body: (200, connection())
    notebook.run("%kfp_connect prod")
    outcome = notebook.run("%kfp_connect --status")
    [shown] = outcome.kinds("display_data")
    for line in (
        "prod · https://kubeflow.example.com/pipeline · team-a · jane@example.com",
        "Reachable: ok",
        "Signed in: ok",
        "Authorized: ok, team-a",
        "In the notebook: ok, live",
    ):
        assert line in shown["data"]["text/plain"]
    assert "<li>Reachable: <b>ok</b>" in shown["data"]["text/html"]
    assert lent.bodies("/status") == [{"connection": "id-of-prod"}]


def test_a_rung_that_fails_shows_what_to_do(lent: FakeBroker, notebook: Kernel) -> None:
    remedy = {"text": "Ask the owner.", "copy": "kind: RoleBinding <x>"}
    failed = rung("authorized", "failed", code="forbidden", remedy=remedy, detail="no")
    lent.routes["/status"] = lambda body: (200, connection(rungs=[failed]))
    [shown] = notebook.run("%kfp_connect prod --status").kinds("display_data")
    assert "Authorized: failed [forbidden], no" in shown["data"]["text/plain"]
    assert "kind: RoleBinding <x>" in shown["data"]["text/plain"]
    assert "kind: RoleBinding &lt;x&gt;" in shown["data"]["text/html"]
    assert "In the notebook: unknown" in shown["data"]["text/plain"]


def test_a_diagnosis_shows_each_call_beside_the_ladder(lent: FakeBroker, notebook: Kernel) -> None:
    probe = {
        "what": "GET /pipeline/apis/v2beta1/healthz",
        "status": 200,
        "type": "application/json",
        "ms": 12,
        "note": "KFP, <multi-user>",
    }
    way = {"way": "dex", "host": None, "code": "ok", "reason": "through local", "ms": 0}
    told = connection(probes=[probe], attempts=[way], kfp_version="2.16.0")
    lent.routes["/diagnose"] = lambda body: (200, told)
    notebook.run("%kfp_connect prod")
    [shown] = notebook.run("%kfp_connect --diagnose").kinds("display_data")
    text, html = shown["data"]["text/plain"], shown["data"]["text/html"]
    call = "12 ms  GET /pipeline/apis/v2beta1/healthz  200  application/json  KFP, <multi-user>"
    for line in ("In the notebook: ok, live", call, "dex: through local", "KFP server 2.16.0"):
        assert line in text
    assert "KFP, &lt;multi-user&gt;" in html
    assert lent.bodies("/diagnose") == [{"connection": "id-of-prod"}]


def test_refresh_and_disconnect_are_the_server_s_to_do(lent: FakeBroker, notebook: Kernel) -> None:
    lent.routes["/refresh"] = lent.routes["/disconnect"] = lambda body: (200, connection())
    notebook.run("%kfp_connect prod")
    assert "Signed in: ok" in notebook.run("%kfp_connect --refresh").text
    assert "“prod” is disconnected" in notebook.run("%kfp_connect --disconnect").text
    assert lent.bodies("/refresh") == lent.bodies("/disconnect") == [{"connection": "id-of-prod"}]


def test_typing_the_magic_takes_a_disconnect_back(
    broker: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    def connect(body: object) -> tuple[int, dict[str, object]]:
        broker.lend(make_lease(kfp_api.host))
        return 200, connection()

    broker.refuse(error("disconnected", "“prod” was disconnected"))
    broker.routes["/connect"] = connect
    outcome = notebook.run("%kfp_connect prod")
    assert outcome.reply["status"] == "ok", outcome.text
    assert broker.bodies("/connect") == [{"connection": "prod"}]


def test_a_server_that_ended_is_told_in_a_sentence(lent: FakeBroker, notebook: Kernel) -> None:
    def vanish(body: object) -> tuple[int, dict[str, object]]:
        lent.description.unlink()
        raise ConnectionAbortedError

    lent.routes["/disconnect"] = vanish
    outcome = notebook.run("%kfp_connect --disconnect")
    assert outcome.reply["ename"] == "NotInNotebook"
    assert "does not answer any more" in outcome.text


def test_completion_offers_options_and_connections(lent: FakeBroker, notebook: Kernel) -> None:
    names = [{"name": "prod"}, {"name": "dev"}]
    lent.routes["/connections"] = lambda body: (200, NO_CONNECTIONS | {"connections": names})
    assert notebook.complete("%kfp_connect ") == ["dev", "prod"]
    assert notebook.complete("c = %kfp_connect p") == ["prod"]
    assert notebook.complete("%kfp_connect prod --di") == ["--diagnose", "--disconnect"]
    assert "prod" not in notebook.complete("%kfp_connect --host p")


def test_help_says_what_the_words_mean(notebook: Kernel) -> None:
    text = notebook.value("get_ipython().find_line_magic('kfp_connect').__doc__")
    assert "--disconnect" in text
    assert "c = %kfp_connect prod" in text


def test_loading_twice_and_unloading_leave_no_rest(lent: FakeBroker, notebook: Kernel) -> None:
    notebook.arm()
    notebook.run("%reload_ext jupyter_kfp_connect")
    notebook.run("%unload_ext jupyter_kfp_connect")
    assert notebook.value("'kfp_client' in globals()") is False
    assert notebook.value("get_ipython().find_line_magic('kfp_connect') is None") is True
    assert notebook.value("len(get_ipython().Completer.custom_matchers)") == 0
    assert notebook.run(LOAD).reply["status"] == "ok"
