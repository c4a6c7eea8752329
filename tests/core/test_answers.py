"""A sign-in page must never pass for data, nor data for a sign-in page."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.answers import (
    Meaning,
    classify,
    is_healthz,
    is_signed_out,
    reported_message,
)
from jupyter_kfp_connect.core.http import Answer

from .answers import HEALTHZ, as_json, names, page, recorded, to

MEANINGS = {
    "dex-login-page": Meaning.SIGNED_OUT,
    "dex-login-wrong-password": Meaning.SIGNED_OUT,
    "gateway-api-bad-cookie": Meaning.SIGNED_OUT,
    "gateway-api-signed-out": Meaning.SIGNED_OUT,
    "gateway-oauth2-start": Meaning.SIGNED_OUT,
    "gateway-page-signed-out": Meaning.SIGNED_OUT,
    "kfp-create-experiment": Meaning.DATA,
    "kfp-create-experiment-again": Meaning.OTHER,
    "kfp-create-run": Meaning.DATA,
    "kfp-get-experiment-missing": Meaning.NOT_FOUND,
    "kfp-get-run": Meaning.DATA,
    "kfp-healthz-multi-user": Meaning.KFP,
    "kfp-healthz-single-user": Meaning.KFP,
    "kfp-list-experiments": Meaning.DATA,
    "kfp-list-experiments-empty": Meaning.DATA,
    "kfp-list-no-credentials": Meaning.SIGNED_OUT,
    "kfp-list-no-namespace": Meaning.OTHER,
    "kfp-list-pipeline-versions": Meaning.DATA,
    "kfp-list-pipelines-shared": Meaning.DATA,
    "kfp-list-runs": Meaning.DATA,
    "kfp-list-runs-empty": Meaning.DATA,
    "kfp-root": Meaning.NOT_FOUND,
    "kfp-single-user-list": Meaning.DATA,
    "kfp-single-user-with-namespace": Meaning.DATA,
    "kfp-terminate-run": Meaning.DATA,
    "kfp-token-garbage": Meaning.SIGNED_OUT,
    "kfp-token-rbac-denied": Meaning.DENIED,
    "kfp-token-revoked": Meaning.SIGNED_OUT,
    "kfp-token-wrong-audience": Meaning.SIGNED_OUT,
    "kfp-unknown-path": Meaning.NOT_FOUND,
    "kfp-upload-pipeline": Meaning.DATA,
    "kfp-upload-pipeline-bad": Meaning.OTHER,
}


def test_no_recording_is_left_out() -> None:
    assert set(MEANINGS) == set(names())


@pytest.mark.parametrize(("name", "meaning"), MEANINGS.items())
def test_what_the_real_servers_answer_is_understood(name: str, meaning: Meaning) -> None:
    assert classify(recorded(name)) is meaning


def plain(status: int, text: str) -> Answer:
    return Answer(status, HEALTHZ, [("content-type", "text/plain")], text.encode())


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (plain(403, "RBAC: access denied"), Meaning.MESH),
        (plain(401, "Jwt issuer is not configured"), Meaning.JWT),
        (plain(401, "Jwt is expired"), Meaning.JWT),
        (plain(403, "Audiences in Jwt are not allowed"), Meaning.JWT),
        (to(HEALTHZ, "/dex/auth?x=y"), Meaning.SIGNED_OUT),
        (to(HEALTHZ, "https://accounts.example.com/", status=307), Meaning.SIGNED_OUT),
        (page(HEALTHZ, "<form>", 200), Meaning.SIGNED_OUT),
        (page(HEALTHZ, "<form>", 403), Meaning.SIGNED_OUT),
        (Answer(200, HEALTHZ, [], b"\n <!DOCTYPE HTML><html>"), Meaning.SIGNED_OUT),
        (page(HEALTHZ, "Cannot GET", 404), Meaning.NOT_FOUND),
        (page(HEALTHZ, "Method Not Allowed", 405), Meaning.NOT_FOUND),
        (page(HEALTHZ, "Bad Gateway", 502), Meaning.BROKEN),
        (
            as_json(HEALTHZ, {"message": "there is no user identity header."}, 500),
            Meaning.SIGNED_OUT,
        ),
        (as_json(HEALTHZ, {"message": "database is down"}, 500), Meaning.BROKEN),
        (as_json(HEALTHZ, {"message": "no"}, 403), Meaning.DENIED),
        (as_json(HEALTHZ, ["a"]), Meaning.OTHER),
        (as_json(HEALTHZ, {"hello": "world"}), Meaning.DATA),
        (plain(200, "ok"), Meaning.OTHER),
        (plain(304, ""), Meaning.OTHER),
    ],
)
def test_what_stands_in_front_of_kfp_is_told_from_kfp(answer: Answer, meaning: Meaning) -> None:
    assert classify(answer) is meaning


def test_the_healthz_of_the_pipelines_ui_is_one() -> None:
    # The UI's server answers for itself and tells of the API server behind it.
    assert is_healthz({"apiServerTagName": "2.5.0", "multi_user": False, "buildDate": "x"})
    assert not is_healthz({"status": "ok"})


@pytest.mark.parametrize(
    ("status", "kind", "start", "location", "out"),
    [
        (401, None, b"", None, True),
        (302, None, b"", "/dex", True),
        (302, None, b"", None, False),
        (200, "text/html; charset=utf-8", b"", None, True),
        (200, "TEXT/HTML", b"", None, True),
        (200, None, b"  <HTML>", None, True),
        (403, "text/html", b"", None, True),
        (500, "text/html", b"", None, False),
        (200, "application/json", b"{}", None, False),
        (403, "application/json", b"{}", None, False),
    ],
)
def test_a_client_that_sees_only_the_start_knows_a_sign_in_too(
    status: int, kind: str | None, start: bytes, location: str | None, out: bool
) -> None:
    assert is_signed_out(status, kind, start, location) is out


def test_what_kfp_says_is_found_in_either_of_its_shapes() -> None:
    assert reported_message(recorded("kfp-upload-pipeline-bad")) == "unknown template format"
    assert reported_message(recorded("kfp-unknown-path")) == "Not Found"
    assert reported_message(plain(403, " RBAC: access denied\n")) == "RBAC: access denied"
    assert reported_message(as_json(HEALTHZ, {"message": 5}, 400)) == '{"message": 5}'
