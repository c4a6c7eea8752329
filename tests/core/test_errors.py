"""Every error says what is wrong and what to do, here and after any journey."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from jupyter_kfp_connect.core.codes import CODES
from jupyter_kfp_connect.core.errors import (
    KfpConnectError,
    NotAuthorized,
    NotInNotebook,
    NotReachable,
    RequestError,
    SignInFailed,
    SignInNeeded,
    error,
)

KINDS = {
    "reachable": NotReachable,
    "signed-in": SignInFailed,
    "authorized": NotAuthorized,
    "in-notebook": NotInNotebook,
    None: RequestError,
}
A_PERSON = ("sign-in-needed", "wrong-password", "connector-unknown", "session-over")


@pytest.mark.parametrize("code", CODES)
def test_every_code_makes_an_error_with_a_way_out(code: str) -> None:
    made = error(code, "this is wrong")
    assert isinstance(made, KINDS[CODES[code].rung])
    assert made.rung == CODES[code].rung
    assert made.remedy.endswith(".")
    assert made.actor in ("you", "administrator", "namespace owner")
    assert error(code, "this is wrong", remedy="").remedy == made.remedy
    assert ".." not in str(made)
    assert f"[{code}]" in str(made)


@pytest.mark.parametrize("code", CODES)
def test_an_error_comes_out_of_a_pickle_or_a_copy_as_it_went_in(code: str) -> None:
    made = error(code, "m", remedy="r.", remedy_copy="kubectl x", actor="administrator")
    made.retryable = True
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        assert type(again) is type(made)
        assert again.to_dict() == made.to_dict()
    from_wire = KfpConnectError.from_dict(made.to_dict())
    assert type(from_wire) is type(made)
    assert from_wire.to_dict() == made.to_dict()


@pytest.mark.parametrize(
    ("code", "remedy", "says"),
    [
        ("sign-in-needed", None, "m. Sign in as on"),
        ("token-issuer", None, "m. Istio does not know"),
        ("directory-down", None, "m. An administrator has to mend this. The directory"),
        ("forbidden", "Ask.", "m. An owner of the namespace has to mend this. Ask. [forbidden]"),
    ],
)
def test_an_error_says_who_acts_where_that_is_somebody_else(
    code: str, remedy: str | None, says: str
) -> None:
    assert str(error(code, "m", remedy=remedy)).startswith(says)


def test_nothing_that_a_host_says_steers_a_terminal_through_an_error() -> None:
    evil = "\x1b]0;owned\x07\u202eevil\r\n"
    made = error("forbidden", evil, remedy=evil, remedy_copy=f"kind: x\n{evil}  y: z")
    assert f"{made.message}{made.remedy}".isprintable()
    assert (made.remedy_copy or "").replace("\n", "").isprintable()
    assert (made.remedy_copy or "").startswith("kind: x\n ")
    assert made.args == (made.message,)


@pytest.mark.parametrize("code", A_PERSON)
def test_what_only_a_person_can_mend_is_caught_as_one_thing(code: str) -> None:
    assert isinstance(error(code, "m"), SignInNeeded)


@pytest.mark.parametrize("code", ["directory-down", "token-expired", "token-missing"])
def test_what_no_sign_in_would_mend_is_not_taken_for_one(code: str) -> None:
    assert not isinstance(error(code, "m"), SignInNeeded)


def test_a_code_of_a_newer_version_keeps_its_words() -> None:
    told: dict[str, Any] = {
        "code": "from-the-future",
        "message": "the flux is off",
        "remedy": "Turn it on.",
        "remedy_copy": None,
        "actor": "administrator",
        "retryable": True,
        "link": "https://example.com",
    }
    made = KfpConnectError.from_dict(told)
    assert made.code == "unexpected"
    assert str(made).endswith(". Turn it on. [unexpected]")
    assert (made.actor, made.retryable) == ("administrator", True)


def test_a_known_code_with_more_to_say_than_we_know_is_read_all_the_same() -> None:
    made = KfpConnectError.from_dict({"code": "locked", "message": "m", "link": "x"})
    assert made.code == "locked"
    assert made.remedy


def test_a_path_in_a_message_is_not_mangled() -> None:
    text = str(error("token-empty", "the file ../token is empty.", remedy="See a..b."))
    assert text == "the file ../token is empty. See a..b. [token-empty]"


def test_what_to_copy_stands_on_lines_of_its_own() -> None:
    text = str(error("connection-refused", "m", remedy_copy="kubectl port-forward"))
    assert text.endswith("\n\nkubectl port-forward")
