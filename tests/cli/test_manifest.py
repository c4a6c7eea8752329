"""``manifest``: ready to pipe into kubectl, or nothing at all."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import yaml

from jupyter_kfp_connect.cli import HOLDS, WRONG_USAGE, main
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.manifests import ServiceAccount
from jupyter_kfp_connect.core.own_account import own_account


def token_of(subject: str) -> str:
    """Return a token that names `subject`."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pod of team-a that runs as the ServiceAccount notebooks; its folder."""
    account = tmp_path / "pod/var/run/secrets/kubernetes.io/serviceaccount"
    account.mkdir(parents=True)
    (account / "namespace").write_text("team-a", "ascii")
    token = tmp_path / "kfp-token"
    token.write_text(token_of("system:serviceaccount:team-a:notebooks"), "ascii")
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(token))
    environment = Environment.of_process(root=tmp_path / "pod")
    monkeypatch.setattr(Environment, "of_process", lambda: environment)
    return tmp_path / "pod"


@pytest.mark.parametrize("kind", ["pod-default", "pod", "role-binding"])
def test_it_prints_the_manifest_and_nothing_else(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", kind, "-n", "team-b"]) == HOLDS
    out, err = capsys.readouterr()
    assert yaml.safe_load(out)["metadata"]["namespace"] == "team-b"
    assert not err


def test_a_pod_binds_its_own_account_in_its_own_namespace(
    pod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["manifest", "role-binding"])
    made = yaml.safe_load(capsys.readouterr().out)
    assert made["metadata"]["namespace"] == "team-a"
    assert made["subjects"] == [
        {"kind": "ServiceAccount", "name": "notebooks", "namespace": "team-a"}
    ]


def test_a_pod_is_bound_in_another_namespace_as_who_it_is(
    pod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["manifest", "role-binding", "-n", "team-b"])
    made = yaml.safe_load(capsys.readouterr().out)
    assert made["metadata"]["namespace"] == "team-b"
    assert made["subjects"][0]["namespace"] == "team-a"


@pytest.mark.parametrize(
    ("namespace", "name"), [("team-a", "notebooks"), ("team-b", "default-editor")]
)
def test_a_pod_runs_as_an_account_of_its_namespace(
    pod: Path, capsys: pytest.CaptureFixture[str], namespace: str, name: str
) -> None:
    main(["manifest", "pod", "-n", namespace])
    made = yaml.safe_load(capsys.readouterr().out)
    assert made["spec"]["serviceAccountName"] == name


def test_the_accounts_named_are_those_bound(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--service-account", "team-a/jane", "--service-account", "team-c/joe"]
    main(["manifest", "role-binding", "-n", "team-b", *words])
    made = yaml.safe_load(capsys.readouterr().out)
    assert [(one["namespace"], one["name"]) for one in made["subjects"]] == [
        ("team-a", "jane"),
        ("team-c", "joe"),
    ]


@pytest.mark.parametrize("kind", ["pod-default", "pod"])
def test_the_token_is_for_the_audience_named(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", kind, "-n", "team-b", "--audience", "https://kfp.local"]) == HOLDS
    assert 'audience: "https://kfp.local"\n' in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["pod"],
        ["pod", "-n", "Team B"],
        ["role-binding", "-n", "b", "--service-account", "jane"],
        ["pod", "-n", "b", "--service-account", "a/jane"],
        ["pod-default", "-n", "b", "--service-account", "b/jane"],
        ["pod", "-n", "b", "--audience", "two words"],
        ["role-binding", "-n", "b", "--audience", "kfp"],
    ],
    ids=[
        "no namespace",
        "none",
        "no account",
        "a foreign account",
        "one too many",
        "no audience",
        "an audience too many",
    ],
)
def test_what_is_missing_is_never_filled_with_a_placeholder(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", *words]) == WRONG_USAGE
    out, err = capsys.readouterr()
    assert not out
    assert err


@pytest.mark.parametrize(
    "text", ["", "no token", "e30.e30.e30", token_of("jane@example.com"), token_of("a:b:c:d:e")]
)
def test_a_token_of_nobody_known_names_no_account(text: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(text, "ascii")
    assert own_account(Environment(token_file=str(token)), tmp_path) is None


def test_the_token_for_kubernetes_serves_where_there_is_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "var/run/secrets/kubernetes.io/serviceaccount"
    folder.mkdir(parents=True)
    (folder / "token").write_text(token_of("system:serviceaccount:team-a:default"), "ascii")
    nowhere = Environment(token_file=str(tmp_path / "nowhere"))
    assert own_account(nowhere, tmp_path) == ServiceAccount("team-a", "default")
