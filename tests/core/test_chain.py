"""Which way in is chosen: a table, so that no change of it goes unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.auth.chain import choose, token_problem
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, SignInNeeded

from .fakes import connection, environment, given, jwt, pod

IN_CLUSTER = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
OUTSIDE = "https://kf.example.com/pipeline"

#: What was given, the connection's fields, the way that follows.
EXPLICIT: list[tuple[dict[str, str], dict[str, Any], str | None]] = [
    ({"token": "t"}, {}, "bearer-token"),
    ({"cookies": "a=b"}, {}, "session-cookie"),
    ({"password": "p"}, {}, None),
    ({}, {"token_file": "/t"}, "bearer-token"),
    ({}, {"token_command": ["true"]}, "bearer-token"),
    ({"token": "t", "password": "p"}, {}, "bearer-token"),
    ({"password": "p"}, {"token_file": "/t"}, None),
    ({"cookies": "a=b"}, {"token_file": "/t"}, "session-cookie"),
    ({}, {"auth": "none"}, "none"),
    ({"token": "t"}, {"auth": "none"}, "none"),
    ({"token": "t"}, {"auth": "dex"}, None),
    ({}, {"auth": "dex"}, None),
    ({}, {"auth": "service-account-token"}, "service-account-token"),
    ({"password": "p"}, {"auth": "service-account-token"}, "service-account-token"),
]


@pytest.mark.parametrize(("what", "fields", "way"), EXPLICIT)
@pytest.mark.parametrize("mounted", [None, "x"])
def test_what_somebody_chose_is_used_wherever_it_runs(
    tmp_path: Path, what: dict[str, str], fields: Any, way: str | None, mounted: str | None
) -> None:
    here = pod(tmp_path, token=mounted, KF_PIPELINES_TOKEN="t", KF_PIPELINES_ENDPOINT=IN_CLUSTER)
    choice = choose(connection(host=IN_CLUSTER, **fields), given(**what), here)
    assert choice.explicit
    assert (choice.credential.way if choice.credential else None) == way
    assert choice.attempts == ()


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ("bearer-token", "sign-in-needed"),
        ("session-cookie", "sign-in-needed"),
        ("oidc-device", "no-way-in"),
    ],
)
def test_a_chosen_way_that_cannot_be_had_is_an_error_and_not_another_way(
    tmp_path: Path, auth: str, code: str
) -> None:
    here = pod(tmp_path, token="x")
    with pytest.raises(KfpConnectError) as caught:
        choose(connection(host=IN_CLUSTER, auth=auth), given(password="p"), here)
    assert caught.value.code == code
    assert isinstance(caught.value, SignInNeeded) is (code == "sign-in-needed")


#: Pod or not, mounted token, variables, host; the way, and the attempts on the way there.
AUTO: list[tuple[bool, bool, dict[str, str], str, str | None, list[tuple[str, str]]]] = [
    (
        False,
        False,
        {},
        OUTSIDE,
        None,
        [("bearer-token", "sign-in-needed"), ("sa", "token-missing")],
    ),
    (
        True,
        True,
        {},
        IN_CLUSTER,
        "service-account-token",
        [("bearer-token", "sign-in-needed"), ("sa", "ok")],
    ),
    (
        True,
        True,
        {},
        OUTSIDE,
        None,
        [("bearer-token", "sign-in-needed"), ("sa", "token-not-for-this-host")],
    ),
    (
        False,
        True,
        {},
        IN_CLUSTER,
        None,
        [("bearer-token", "sign-in-needed"), ("sa", "token-not-for-this-host")],
    ),
    (
        False,
        True,
        {"KF_PIPELINES_ENDPOINT": OUTSIDE},
        OUTSIDE,
        "service-account-token",
        [("bearer-token", "sign-in-needed"), ("sa", "ok")],
    ),
    (
        True,
        False,
        {"KF_PIPELINES_SA_TOKEN_PATH": "/gone/token"},
        IN_CLUSTER,
        None,
        [("bearer-token", "sign-in-needed"), ("sa", "token-file-missing")],
    ),
    (
        True,
        True,
        {"KF_PIPELINES_ENDPOINT": OUTSIDE, "KF_PIPELINES_TOKEN": "t"},
        OUTSIDE,
        "bearer-token",
        [("bearer-token", "ok")],
    ),
    (
        False,
        False,
        {"KF_PIPELINES_ENDPOINT": OUTSIDE, "KF_PIPELINES_COOKIES": "a=b"},
        OUTSIDE,
        "session-cookie",
        [("session-cookie", "ok")],
    ),
    (
        False,
        False,
        {"KF_PIPELINES_TOKEN": "t"},
        OUTSIDE,
        None,
        [("bearer-token", "token-not-for-this-host"), ("sa", "token-missing")],
    ),
    (
        True,
        True,
        {"KF_PIPELINES_ENDPOINT": OUTSIDE, "KF_PIPELINES_TOKEN": "t"},
        IN_CLUSTER,
        "service-account-token",
        [("bearer-token", "token-not-for-this-host"), ("sa", "ok")],
    ),
    (
        True,
        True,
        {"KF_PIPELINES_ENDPOINT": "http://:nonsense", "KF_PIPELINES_TOKEN": "t"},
        IN_CLUSTER,
        "service-account-token",
        [("bearer-token", "token-not-for-this-host"), ("sa", "ok")],
    ),
]


@pytest.mark.parametrize(("in_pod", "mounted", "variables", "host", "way", "attempts"), AUTO)
def test_auto_takes_what_fits_and_tells_what_it_passed_over(
    tmp_path: Path,
    in_pod: bool,
    mounted: bool,
    variables: dict[str, str],
    host: str,
    way: str | None,
    attempts: list[tuple[str, str]],
) -> None:
    here = pod(tmp_path, token="x" if mounted else None, **variables)
    if not in_pod:
        (tmp_path / "var/run/secrets/kubernetes.io/serviceaccount/namespace").unlink()
        here = environment(tmp_path, **variables)
    choice = choose(connection(host=host), given(), here)
    assert not choice.explicit
    assert (choice.credential.way if choice.credential else None) == way
    told = [
        (attempt.way.replace("service-account-token", "sa"), attempt.code)
        for attempt in choice.attempts
    ]
    assert told == attempts
    assert all(attempt.reason for attempt in choice.attempts)


@pytest.mark.parametrize(
    ("variables", "host", "token", "code"),
    [
        ({}, IN_CLUSTER, None, "token-missing"),
        ({"KF_PIPELINES_SA_TOKEN_PATH": "/gone"}, IN_CLUSTER, None, "token-file-missing"),
        ({}, OUTSIDE, "x", "token-not-for-this-host"),
    ],
)
def test_a_token_that_would_have_been_needed_is_explained(
    tmp_path: Path, variables: dict[str, str], host: str, token: str | None, code: str
) -> None:
    here = pod(tmp_path, token=token, **variables)
    choice = choose(connection(host=host), given(), here)
    problem = token_problem(choice.attempts, here)
    assert problem is not None
    assert problem.code == code
    outside = choose(connection(host=OUTSIDE), given(), Environment(token_file="/gone"))
    assert token_problem(outside.attempts, Environment()) is None


def test_no_attempt_repeats_a_credential(tmp_path: Path) -> None:
    here = pod(tmp_path, token=jwt(), KF_PIPELINES_TOKEN="hunter2", KF_PIPELINES_ENDPOINT=OUTSIDE)
    for host in (IN_CLUSTER, OUTSIDE, "http://localhost:3000"):
        choice = choose(connection(host=host), given(), here)
        assert "hunter2" not in repr(choice)
        assert jwt()[:40] not in repr(choice)


def test_a_cookie_of_the_environment_that_is_none_is_told_by_its_variable(tmp_path: Path) -> None:
    here = environment(
        tmp_path, KF_PIPELINES_ENDPOINT=OUTSIDE, KF_PIPELINES_COOKIES="secret-session-value"
    )
    with pytest.raises(SignInNeeded) as caught:
        choose(connection(host=OUTSIDE), given(), here)
    assert caught.value.code == "cookie-refused"
    assert caught.value.message.startswith("KF_PIPELINES_COOKIES: ")
    assert "secret-session-value" not in str(caught.value)
