"""A kernel that the panel armed: what the next cell finds, and what nobody else sees."""

from __future__ import annotations

import json

import pytest

from jupyter_kfp_connect.core.errors import error

from .fake_broker import FakeBroker
from .fake_kfp import Answer, FakeKfp
from .fake_source import make_lease
from .real_kernel import Kernel

LISTED = Answer.json({"experiments": [{"experiment_id": "1", "display_name": "resnet"}]})
LIST = "print(kfp_client.list_experiments().experiments[0].display_name)"

HEAVY = "[m for m in ('kfp', 'requests', 'kubernetes') if m in __import__('sys').modules]"


def test_arming_costs_no_import_and_leaves_no_trace(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.quiet()
    answer = kernel.arm()
    assert (answer["state"], answer["code"]) == ("armed", "ok")
    assert set(kernel.quiet()) <= {"status"}
    assert kernel.value(HEAVY) == []
    assert "kfp_client" not in kernel.run("%who").text
    assert "arming" not in kernel.run("%history").text


def test_the_server_learns_what_the_kernel_holds(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("kfp_client")
    told = lent.bodies("/holds")
    assert [(body["state"], body["generation"]) for body in told] == [("armed", None), ("live", 1)]
    assert {body["kernel_id"] for body in told} == {kernel.id}
    assert lent.bodies("/lease")[0]["kernel_id"] == kernel.id


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(LIST, id="plain"),
        pytest.param(f"%%time\n{LIST}", id="cell magic"),
        pytest.param(f"%time {LIST}", id="line magic"),
        pytest.param(f"def use():\n    {LIST}\nuse()", id="in a function"),
        pytest.param(
            'print(f"{kfp_client.list_experiments().experiments[0].display_name}")', id="f"
        ),
    ],
)
def test_the_first_cell_that_names_the_client_finds_it(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel, cell: str
) -> None:
    kfp_api.respond = lambda asked: LISTED
    kernel.arm()
    outcome = kernel.run(cell)
    assert outcome.reply["status"] == "ok", outcome.text
    assert "resnet" in outcome.text


def test_a_helper_written_earlier_finds_it_too(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel
) -> None:
    kfp_api.respond = lambda asked: LISTED
    kernel.run(f"def use():\n    {LIST}")
    kernel.arm()
    assert "resnet" in kernel.run("use()").text
    assert kernel.value("isinstance(kfp_client, __import__('kfp').Client)") is True


@pytest.mark.parametrize(
    "cell", ["1 + 1", "x = 'kfp_client'", "import kfp_client_tools", "obj = 1"]
)
def test_other_cells_pay_nothing(lent: FakeBroker, kernel: Kernel, cell: str) -> None:
    kernel.arm()
    kernel.run(cell)
    assert kernel.value(HEAVY) == []


def test_a_failure_is_the_error_itself_and_no_name_error(
    broker: FakeBroker, kernel: Kernel
) -> None:
    broker.refuse(error("sign-in-needed", "nobody is signed in"))
    kernel.arm()
    outcome = kernel.run(LIST)
    assert outcome.reply["ename"] == "SignInNeeded"
    assert "nobody is signed in" in outcome.text
    assert "Kubeflow Pipelines panel" in outcome.text
    assert len(broker.bodies("/lease")) == 1
    assert broker.bodies("/holds")[-1]["error"]["code"] == "sign-in-needed"


@pytest.mark.parametrize(
    "use",
    ["kfp_client()", "list(kfp_client)", "kfp_client[0]", "len(kfp_client)", "kfp_client.x = 1"],
)
def test_every_use_of_a_failed_client_raises_the_error(
    broker: FakeBroker, kernel: Kernel, use: str
) -> None:
    broker.refuse(error("forbidden", "jane may not list experiments in team-a"))
    kernel.arm()
    assert kernel.run(use).reply["ename"] == "NotAuthorized"


def test_looking_at_a_failed_client_raises_nothing(broker: FakeBroker, kernel: Kernel) -> None:
    broker.refuse(error("forbidden", "jane may not list experiments in team-a"))
    kernel.arm()
    outcome = kernel.run("kfp_client")
    assert outcome.reply["status"] == "ok"
    assert "jane may not list experiments in team-a" in outcome.text
    [shown] = outcome.kinds("execute_result")
    assert "forbidden" in shown["data"]["text/html"]
    assert kernel.run("print(repr(kfp_client))").reply["status"] == "ok"


def test_the_next_cell_tries_again(broker: FakeBroker, kfp_api: FakeKfp, kernel: Kernel) -> None:
    kfp_api.respond = lambda asked: LISTED
    broker.refuse(error("sign-in-needed", "nobody is signed in"))
    kernel.arm()
    kernel.run(LIST)
    broker.lend(make_lease(kfp_api.host))
    assert "resnet" in kernel.run(LIST).text


def test_a_name_of_the_user_s_is_left_alone(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.run("kfp_client = 'mine'")
    answer = kernel.arm()
    assert (answer["state"], answer["code"]) == ("failed", "name-taken")
    assert answer["remedy"]["copy"] == "%kfp_connect prod --as kfp_client_2"
    assert kernel.value("kfp_client") == "mine"


def test_a_client_of_the_user_s_may_be_replaced(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.run("import kfp; kfp_client = kfp.Client(host='http://x.invalid', namespace='x')")
    assert kernel.arm()["state"] == "armed"
    assert kernel.run("print(repr(kfp_client))").text.strip() == (
        "KubeflowClient: prod · team-a · jane@example.com"
    )


def test_a_plain_client_of_kfp_is_left_alone(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("import kfp; other = kfp.Client(host='http://x.invalid', namespace='x')")
    assert kernel.value("type(other).__module__") == "kfp.client.client"


def test_arming_twice_keeps_a_live_client(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("first = kfp_client")
    assert kernel.arm()["state"] == "live"
    assert kernel.value("first is kfp_client") is True


def test_arming_for_another_connection_replaces_the_client(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel
) -> None:
    kernel.arm()
    kernel.run("first = kfp_client")
    lent.lend(make_lease(kfp_api.host, connection="dev", connection_id="id-of-dev"))
    assert kernel.arm("dev")["state"] == "armed"
    assert "dev" in kernel.run("print(repr(kfp_client))").text
    assert kernel.value("first is kfp_client") is False


def test_a_name_that_was_reset_comes_back(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("kfp_client")
    kernel.run("%reset -f")
    assert "prod" in kernel.run("print(repr(kfp_client))").text


def test_disarming_gives_the_name_back(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.ask(
        {
            "gone": "__import__('jupyter_kfp_connect.kernel.arming', fromlist=['disarm'])"
            ".disarm('kfp_client')"
        }
    )
    assert kernel.run("kfp_client").reply["ename"] == "NameError"
    assert lent.bodies("/holds")[-1]["state"] == "gone"


@pytest.mark.parametrize(
    ("version", "code"),
    [(None, "sdk-missing"), ("1.8.22", "sdk-too-old"), ("3.0", "package-too-old")],
)
def test_an_sdk_that_will_not_do_is_named_with_the_install_line(
    lent: FakeBroker, kernel: Kernel, version: str | None, code: str
) -> None:
    kernel.run(
        "import importlib.metadata as m\n"
        "def version(name):\n"
        f"    if {version!r} is None: raise m.PackageNotFoundError(name)\n"
        f"    return {version!r}\n"
        "import jupyter_kfp_connect.kernel.sdk as sdk; sdk.version = version"
    )
    answer = kernel.arm()
    assert (answer["state"], answer["code"]) == ("failed", code)
    assert answer["remedy"]["copy"] == f"{answer['python']} -m pip install 'kfp>=2.17,<3'"


def test_a_server_of_another_protocol_is_named(broker: FakeBroker, kernel: Kernel) -> None:
    broker.write(protocol=2)
    answer = kernel.arm()
    assert answer["code"] == "package-too-old"
    assert answer["remedy"]["copy"] == (
        f"{answer['python']} -m pip install jupyter-kfp-connect==0.1.0"
    )


def test_tab_after_the_dot_makes_the_client(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    assert any("list_experiments" in match for match in kernel.complete("kfp_client.list_"))


def test_tab_completes_an_armed_name(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.run("kfp_compiler = 1")
    kernel.arm()
    assert kernel.complete("kfp_c") == ["kfp_client", "kfp_compiler"]
    assert kernel.value(HEAVY) == []


def test_shift_tab_tells_what_an_armed_name_is(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    told = kernel.inspect("kfp_client")
    assert "made when a cell first uses it" in told
    assert kernel.value(HEAVY) == []
    assert "page_size" in kernel.inspect("kfp_client.list_experiments")


def test_shift_tab_tells_why_a_client_could_not_be_made(broker: FakeBroker, kernel: Kernel) -> None:
    broker.refuse(error("forbidden", "jane may not list experiments"))
    kernel.arm()
    kernel.run("kfp_client")
    assert "jane may not list experiments" in kernel.inspect("kfp_client")


def test_a_question_mark_makes_the_client_and_shows_its_help(
    lent: FakeBroker, kernel: Kernel
) -> None:
    kernel.arm()
    [page] = kernel.run("kfp_client?").reply["payload"]
    assert "KubeflowClient: prod · team-a" in page["data"]["text/plain"]
    [page] = kernel.run("kfp_client.list_experiments?").reply["payload"]
    assert "page_size" in page["data"]["text/plain"]


def test_a_kernel_that_cannot_reach_the_server_says_so_when_armed(
    broker: FakeBroker, kernel: Kernel
) -> None:
    broker.description.unlink()
    answer = kernel.arm()
    assert (answer["state"], answer["code"]) == ("armed", "kernel-remote")
    assert "cannot take over the session of “prod”" in answer["detail"]
    assert "does not answer" in answer["detail"]


def test_another_name_may_be_chosen(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm(variable="pipelines")
    assert "prod" in kernel.run("print(repr(pipelines))").text


@pytest.mark.parametrize("name", ["not a name", "class", ""])
def test_what_is_no_name_is_told(lent: FakeBroker, kernel: Kernel, name: str) -> None:
    answer = kernel.arm(variable=name)
    assert answer["code"] == ("bad-request" if name else "ok")


def test_disconnect_reaches_a_live_client(lent: FakeBroker, kernel: Kernel) -> None:
    kernel.arm()
    kernel.run("kfp_client.list_experiments()")
    lent.refuse(error("disconnected", "“prod” was disconnected"))
    lent.touch()
    outcome = kernel.run("kfp_client.list_experiments()")
    assert outcome.reply["ename"] == "NotInNotebook"
    assert "disconnected" in outcome.text


def test_the_secret_is_in_no_verbose_traceback(
    lent: FakeBroker, kfp_api: FakeKfp, kernel: Kernel
) -> None:
    kfp_api.respond = lambda asked: Answer.page()
    kernel.arm()
    kernel.run("%xmode Verbose")
    outcome = kernel.run("kfp_client.list_experiments()")
    assert outcome.reply["ename"] == "SignInNeeded"
    assert "session-1" not in json.dumps(outcome.messages)
    assert "broker-secret" not in json.dumps(outcome.messages)
