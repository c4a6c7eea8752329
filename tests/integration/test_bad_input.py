"""What was typed wrong is told where it was typed, and what may be a password is not repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import WRONG_USAGE, main
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.real_kernel import LOAD, Kernel
from ..sandbox.running import RunningSandbox
from ..server.asking import Rest
from .bad_input import FIELDS, HOSTS, PAGES, SECRET, UNDERSTOOD, told


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    """A Kubeflow that asks for a sign-in."""
    with RunningSandbox(SandboxOptions()) as running:
        yield running


@pytest.mark.parametrize(("typed", "words"), HOSTS)
def test_a_program_is_told_what_is_wrong_with_its_host(typed: str, words: str) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host=typed)
    told(caught.value, "bad-host", words)
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.KFPClientManager(typed, "me", SECRET)
    told(caught.value, "bad-host", words)


@pytest.mark.parametrize(("field", "typed"), FIELDS)
def test_a_program_is_told_which_argument_is_wrong(field: str, typed: Any) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(**{"host": UNDERSTOOD, field: typed})
    told(caught.value, "bad-request", f"{field}: ")


@pytest.mark.parametrize("page", PAGES)
def test_a_program_may_give_the_address_of_a_page(page: str) -> None:
    with pytest.raises(kfc.KfpConnectError, match=r"nothing listens at localhost:9\.") as caught:
        kfc.connect(host=page)
    assert caught.value.code == "connection-refused"


@pytest.mark.parametrize(
    ("typed", "words"), [("ftp://x", "is not http"), (f"http://me:{SECRET}@kf", "or password")]
)
def test_a_variable_that_names_no_host_is_told_by_its_name(
    typed: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", typed)
    for name in (None, "environment"):
        with pytest.raises(kfc.KfpConnectError, match=r"^KF_PIPELINES_ENDPOINT: ") as caught:
            kfc.connect(name)
        told(caught.value, "bad-host", words)
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect("prod")
    told(caught.value, "unknown-connection", "“prod”")
    main(["doctor"])
    printed = _printed(capsys)
    assert "KF_PIPELINES_ENDPOINT: " in printed
    assert SECRET not in printed


@pytest.mark.parametrize("argument", ["connection", "host"])
@pytest.mark.parametrize("typed", [5, b"work"])
def test_what_is_no_text_is_told(argument: str, typed: Any) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(**{argument: typed})
    told(caught.value, "bad-request", f"{argument}: it is not a text")


async def test_the_panel_is_told_what_is_wrong_with_a_host(rest: Rest) -> None:
    for typed, words in HOSTS:
        answer = await rest.ask("PUT", "connections/work", {"host": typed})
        assert answer.status == 400, typed
        assert answer.error["code"] == "bad-host"
        assert answer.error["message"].startswith("host: ")
        assert words in answer.error["message"] + answer.error["remedy"]
        assert SECRET not in answer.text
    assert (await rest.ask("GET", "connections")).data["connections"] == []


async def test_the_panel_is_told_which_field_is_wrong_and_keeps_the_rest(rest: Rest) -> None:
    before = await rest.put("work", host=UNDERSTOOD, namespace="team-a", title="Ours")
    for field, typed in FIELDS:
        answer = await rest.ask("PUT", "connections/work", {field: typed, "title": "Other"})
        assert (answer.status, answer.error["code"]) == (400, "bad-request"), field
        assert answer.error["message"].startswith(f"{field}: ")
        assert answer.error["remedy"]
        assert SECRET not in answer.text
    assert await rest.get("work") == before


async def test_the_panel_may_be_given_the_address_of_a_page(rest: Rest) -> None:
    for page in PAGES:
        assert (await rest.put("work", host=page))["host"] == UNDERSTOOD


async def test_the_panel_names_the_right_path_where_a_page_of_the_dashboard_does_not(
    rest: Rest, running: RunningSandbox
) -> None:
    origin, host = running.sandbox.origin, running.sandbox.host
    saved = await rest.ask(
        "PUT", "connections/work", {"host": f"{origin}/some/path/?ns=team&token={SECRET}"}
    )
    assert saved.data["host"] == f"{origin}/some/path"
    assert SECRET not in saved.text
    reachable = (await rest.sign_in("work"))["rungs"][0]
    assert (reachable["code"], reachable["remedy"]["copy"]) == ("wrong-path", host)


@pytest.mark.parametrize("name", ["Team", "team a", "-team", "a" * 64, "team@home"])
async def test_a_name_that_is_none_is_told(rest: Rest, name: str) -> None:
    await rest.put("work", host=UNDERSTOOD)
    answer = await rest.ask("PUT", "connections/work", {"name": name})
    assert (answer.status, answer.error["code"]) == (400, "bad-request")
    assert answer.error["message"].startswith("name: ")
    assert (await rest.get("work"))["name"] == "work"


@pytest.mark.parametrize("name", ["team/prod", "../prod", "prod/"])
async def test_a_name_with_a_slash_is_told_and_makes_nothing(rest: Rest, name: str) -> None:
    await rest.put("work", host=UNDERSTOOD)
    answer = await rest.ask("PUT", "connections/work", {"name": name})
    assert (answer.status, answer.error["code"]) == (400, "bad-request")
    made = [each["name"] for each in (await rest.ask("GET", "connections")).data["connections"]]
    assert made == ["work"]


def test_a_cell_is_told_what_is_wrong_with_its_host(kernel: Kernel) -> None:
    kernel.run(LOAD)
    for typed, words in HOSTS:
        outcome = kernel.run(f'%kfp_connect --host "{typed}"')
        assert outcome.reply["status"] == "error", typed
        shown = " ".join(outcome.text.split())
        assert "[bad-host]" in shown, shown
        assert words in shown
        assert SECRET not in shown
        assert "Traceback" not in shown
        assert not outcome.kinds("input_request")


def test_a_cell_may_name_the_address_of_a_page(kernel: Kernel) -> None:
    kernel.run(LOAD)
    for page in PAGES:
        shown = kernel.run(f"%kfp_connect --host {page}").text
        assert "[connection-refused]" in shown, shown
    for typed in ("Team", "team/a", "-team"):
        shown = kernel.run(f"%kfp_connect --host {UNDERSTOOD} --namespace={typed}").text
        assert "namespace: " in shown, shown
        assert "[bad-request]" in shown


@pytest.mark.parametrize(("typed", "words"), HOSTS)
def test_a_terminal_is_told_what_is_wrong_with_a_host(
    capsys: pytest.CaptureFixture[str], typed: str, words: str
) -> None:
    assert main(["doctor", "--host", typed]) == WRONG_USAGE
    printed = _printed(capsys)
    assert words in printed
    assert SECRET not in printed
    assert main(["doctor", "--json", "--host", typed]) == WRONG_USAGE
    assert SECRET not in _printed(capsys)


@pytest.mark.parametrize("page", PAGES)
def test_a_terminal_may_name_the_address_of_a_page(
    capsys: pytest.CaptureFixture[str], page: str
) -> None:
    assert main(["doctor", "--host", page]) != WRONG_USAGE
    assert "nothing listens at localhost:9" in _printed(capsys)


#: Addresses typed where the name of a connection belongs.
AS_NAMES = [
    f"https://me:{SECRET}@kf.example.com",
    f"me:{SECRET}@kf.example.com",
    f"kf.example.com?token={SECRET}",
]


@pytest.mark.parametrize("typed", AS_NAMES)
def test_an_address_given_as_a_name_is_not_repeated(
    capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(typed)
    told(caught.value, "unknown-connection", "--host")
    for command in ("doctor", "login"):
        main([command, typed])
        printed = _printed(capsys)
        assert "--host" in printed
        assert SECRET not in printed


def test_a_cell_does_not_repeat_an_address_given_as_a_name(kernel: Kernel) -> None:
    kernel.run(LOAD)
    for typed in AS_NAMES:
        shown = kernel.run(f'%kfp_connect "{typed}"').text
        assert "[unknown-connection]" in shown, shown
        assert "--host" in shown
        assert SECRET not in shown


def _printed(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ("auto", "Give user name and password"),
        ("dex", "Give user name and password"),
        ("bearer-token", "Give a token"),
        ("session-cookie", "Copy the session cookie"),
        ("none", "Leave auth out"),
    ],
)
def test_a_way_to_sign_in_that_was_named_says_what_it_needs(
    auth: str, words: str, running: RunningSandbox
) -> None:
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect(host=running.sandbox.host, auth=auth)
    told(caught.value, "sign-in-needed", words)
