"""What this process is, is read off its variables and files, and never makes it stumble."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_kfp_connect.core.environment import DEFAULT_TOKEN_FILE

from .fakes import environment, pod


def test_on_a_laptop_nothing_is_taken_for_a_pod(tmp_path: Path) -> None:
    known = environment(tmp_path)
    assert not known.in_pod
    assert (known.namespace, known.endpoint, known.token, known.cookies) == (None,) * 4
    assert known.token_file == str(tmp_path / DEFAULT_TOKEN_FILE.lstrip("/"))
    assert not known.token_file_named
    assert known.cluster_domain == "cluster.local"


def test_a_pod_knows_its_namespace_and_its_token(tmp_path: Path) -> None:
    known = pod(tmp_path, "team-a", token="x")
    assert known.in_pod
    assert known.namespace == "team-a"


def test_a_pod_without_a_mounted_account_is_a_pod(tmp_path: Path) -> None:
    assert environment(tmp_path, KUBERNETES_SERVICE_HOST="10.0.0.1").in_pod


def test_the_cluster_may_have_a_domain_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text(
        "search team-a.svc.corp.example svc.corp.example corp.example\nnameserver 10.96.0.10\n"
    )
    assert environment(tmp_path).cluster_domain == "corp.example"


def test_the_variables_of_the_ecosystem_are_read(tmp_path: Path) -> None:
    known = environment(
        tmp_path,
        KF_PIPELINES_ENDPOINT="http://h",
        KF_PIPELINES_UI_ENDPOINT="http://ui",
        KF_PIPELINES_SA_TOKEN_PATH="/my/token",
        KF_PIPELINES_TOKEN="hunter2",
        KF_PIPELINES_COOKIES="a=hunter2",
    )
    assert (known.endpoint, known.ui_endpoint) == ("http://h", "http://ui")
    assert (known.token_file, known.token_file_named) == ("/my/token", True)
    assert known.token == "hunter2"
    assert "hunter2" not in repr(known)


def test_a_variable_that_is_empty_is_not_set(tmp_path: Path) -> None:
    known = environment(tmp_path, KF_PIPELINES_ENDPOINT=" ", KF_PIPELINES_TOKEN="")
    assert known.endpoint is None
    assert known.token is None


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        (" ui.example.com ", "http://ui.example.com"),  # as kfp takes it
        ("https://ui.example.com/_/pipeline/?ns=team", "https://ui.example.com/pipeline"),
        ("javascript:alert(1)", None),
        ("https://me:hunter2@ui.example.com", None),
    ],
)
def test_no_link_leads_to_what_is_no_address(typed: str, used: str | None, tmp_path: Path) -> None:
    assert environment(tmp_path, KF_PIPELINES_UI_ENDPOINT=typed).ui_endpoint == used
