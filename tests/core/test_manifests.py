"""Manifests say what was asked for, whatever the names, and no two of them are mistaken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from jupyter_kfp_connect.core.codes import CODES
from jupyter_kfp_connect.core.environment import AUDIENCE
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.manifests import KINDS, ServiceAccount, manifest

#: Good names in Kubernetes, and numbers, truths or nothing in YAML where they stand bare.
ODD_NAMES = ("123", "1e3", "0x1f", "null", "true", "on", "2024-01-01", "a--b")
EDITOR = ServiceAccount("team-b")


def made(kind: str, namespace: str, accounts: Sequence[ServiceAccount] = ()) -> Any:
    """Return a manifest as YAML reads it."""
    return yaml.safe_load(manifest(kind, namespace, accounts).text)


def refused(kind: str, *accounts: ServiceAccount, namespace: str = "team-a") -> KfpConnectError:
    """Return why there is no such manifest."""
    with pytest.raises(KfpConnectError) as caught:
        manifest(kind, namespace, accounts)
    assert caught.value.code == "bad-request"
    return caught.value


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_yaml_would_read_otherwise_is_kept(kind: str, name: str) -> None:
    assert f'namespace: "{name}"\n' in manifest(kind, name).text
    assert made(kind, name)["metadata"]["namespace"] == name


@pytest.mark.parametrize("name", ODD_NAMES)
def test_so_is_the_name_of_an_account(name: str) -> None:
    account = ServiceAccount.parse(f"{name}/{name}")
    assert made("pod", name, [account])["spec"]["serviceAccountName"] == name
    (subject,) = made("role-binding", "team-a", [account])["subjects"]
    assert (subject["namespace"], subject["name"]) == (name, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "/",
        "a/",
        "/b",
        "a/b/c",
        "A/b",
        "a/b: c",
        'a/b"',
        "a/b\nc",
        "a/.b",
        f"a/{'b.' * 200}b",
    ],
)
def test_what_is_no_account_is_told_and_how_one_is_written(text: str) -> None:
    with pytest.raises(KfpConnectError, match="service account: ") as caught:
        ServiceAccount.parse(text)
    assert "NAMESPACE/NAME" in caught.value.remedy
    assert "\n" not in caught.value.message


def test_a_role_binding_replaces_none_of_other_accounts() -> None:
    parties: list[list[ServiceAccount]] = [
        [EDITOR],
        [ServiceAccount("team-b", "notebooks")],
        [ServiceAccount("team-b-notebooks")],
        [EDITOR, ServiceAccount("team-c")],
        [EDITOR, ServiceAccount("team-d")],
        [ServiceAccount("team-b", "team-c")],
    ]
    names = [made("role-binding", "team-a", party)["metadata"]["name"] for party in parties]
    assert len(set(names)) == len(parties)
    assert names[0] == "allow-team-b-kubeflow-edit", "the guide's, for the usual account"


def test_an_account_named_twice_is_bound_once() -> None:
    assert len(made("role-binding", "team-a", [EDITOR, EDITOR])["subjects"]) == 1


def test_a_pod_that_could_not_run_is_not_made() -> None:
    foreign = refused("pod", EDITOR)
    assert foreign.message.startswith("service account: a pod runs as one account")
    assert "team-a/default-editor" in foreign.remedy
    refused("pod", ServiceAccount("team-a"), ServiceAccount("team-a", "other"))


def test_an_account_is_not_left_out_silently() -> None:
    assert "PodDefault" in refused("pod-default", ServiceAccount("team-a")).message
    crowd = [ServiceAccount(f"team-{number}") for number in range(60)]
    assert "one for each" in refused("role-binding", *crowd).remedy


def audience_of(made: Any) -> Any:
    """Return what the token that a Pod or PodDefault mounts is made for."""
    (volume,) = made["spec"]["volumes"]
    (source,) = volume["projected"]["sources"]
    return source["serviceAccountToken"]["audience"]


@pytest.mark.parametrize("kind", ["pod-default", "pod"])
@pytest.mark.parametrize(
    "asked", ["https://kubernetes.default.svc.cluster.local", "kfp", "123", "null", "A_b@c:d/e"]
)
def test_the_token_is_made_for_the_audience_that_is_asked_for(kind: str, asked: str) -> None:
    assert audience_of(yaml.safe_load(manifest(kind, "team-a", audience=asked).text)) == asked
    assert audience_of(made(kind, "team-a")) == AUDIENCE


@pytest.mark.parametrize("kind", ["pod-default", "pod"])
def test_who_applies_it_reads_where_the_audience_is_set(kind: str) -> None:
    before, _ = manifest(kind, "team-a").text.split("audience:", 1)
    assert "TOKEN_REVIEW_AUDIENCE" in before.partition("serviceAccountToken:")[2]


@pytest.mark.parametrize(
    "asked", ["", " ", "a b", "--all", 'a"b', "a\nb: c", "a\n", "$(id)", "ä", "a" * 201]
)
def test_what_is_no_audience_gets_into_no_manifest(asked: str) -> None:
    with pytest.raises(KfpConnectError, match="audience: ") as caught:
        manifest("pod", "team-a", audience=asked)
    assert caught.value.code == "bad-request"
    assert AUDIENCE in caught.value.remedy
    assert "\n" not in caught.value.message


def test_an_audience_is_not_left_out_silently() -> None:
    with pytest.raises(KfpConnectError, match="audience: a RoleBinding names none"):
        manifest("role-binding", "team-a", audience=AUDIENCE)


def test_a_kind_that_there_is_not_comes_with_those_that_there_are() -> None:
    assert all(kind in refused("secret").remedy for kind in KINDS)


def test_the_configuration_to_tick_is_called_as_the_remedy_says() -> None:
    called = made("pod-default", "team-a")["spec"]["desc"]
    assert f"“{called}” ticked" in CODES["token-missing"].remedy
