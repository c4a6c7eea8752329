"""Uploads of compiled pipelines, and what becomes of them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

import pytest
import requests
import yaml

from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE

from .conftest import StartSandbox
from .running import Browser, RunningSandbox
from .test_kfp_recordings import SPEC

API = "/apis/v2beta1"
NAMESPACE = {"name": "p", "namespace": USER_NAMESPACE}
SPEC_YAML = yaml.safe_dump(SPEC).encode()


@pytest.fixture
def running(start_sandbox: StartSandbox) -> RunningSandbox:
    return start_sandbox(api_only=True)


@pytest.fixture
def client(running: RunningSandbox) -> Browser:
    return running.as_user()


def upload(client: Browser, name: str, content: bytes, params: dict[str, str]) -> requests.Response:
    files = {"uploadfile": (name, content)}
    return client.post(f"{API}/pipelines/upload", params=params, files=files)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.yaml", content)
    return out.getvalue()


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("pipeline.yaml")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [SPEC_YAML, zipped(any=SPEC_YAML), tarred(SPEC_YAML), json.dumps(SPEC).encode()],
    ids=["yaml", "zip", "tar.gz", "json"],
)
def test_a_pipeline_is_uploaded_in_any_package(content: bytes, client: Browser) -> None:
    pipeline_id = upload(client, "p.bin", content, NAMESPACE).json()["pipeline_id"]
    page = client.get(f"{API}/pipelines/{pipeline_id}/versions").json()
    assert page["pipeline_versions"][0]["pipeline_spec"] == SPEC


@pytest.mark.parametrize(
    "content",
    [b"", b"- a", b"a: [", b"\xff\xfe\xff", b"PK\x03\x04", b"\x1f\x8b\x00", zipped(a=b"", b=b"")],
    ids=["empty", "a list", "no YAML", "no text", "half a zip", "half a gzip", "two files"],
)
def test_an_upload_that_is_no_pipeline_is_refused(content: bytes, client: Browser) -> None:
    response = upload(client, "p.yaml", content, NAMESPACE)
    assert response.status_code == 400
    assert list(response.json()) == ["error_message"]


def test_a_small_package_cannot_hold_a_huge_file(client: Browser) -> None:
    bomb = zipped(pipeline=b" " * (33 * 1024 * 1024))
    response = upload(client, "p.zip", bomb, NAMESPACE)
    assert response.json() == {"error_message": "File size too large"}


def test_platform_settings_are_kept_beside_the_spec(client: Browser) -> None:
    content = SPEC_YAML + b"---\nplatforms: {}\n"
    pipeline_id = upload(client, "p.yaml", content, NAMESPACE).json()["pipeline_id"]
    page = client.get(f"{API}/pipelines/{pipeline_id}/versions").json()
    assert set(page["pipeline_versions"][0]["pipeline_spec"]) == {
        "pipeline_spec",
        "platform_spec",
    }


def test_a_pipeline_goes_only_with_its_versions(client: Browser) -> None:
    pipeline_id = upload(client, "p.yaml", SPEC_YAML, NAMESPACE).json()["pipeline_id"]
    path = f"{API}/pipelines/{pipeline_id}"
    assert client.call("DELETE", path).status_code == 400
    assert client.call("DELETE", path, params={"cascade": "true"}).status_code == 200
    assert client.get(path).status_code == 404


def test_a_taken_pipeline_name_is_a_conflict(client: Browser) -> None:
    assert upload(client, "p.yaml", SPEC_YAML, NAMESPACE).status_code == 200
    assert upload(client, "p.yaml", SPEC_YAML, NAMESPACE).status_code == 409


def test_shared_pipelines_are_read_by_all_and_written_by_users(
    running: RunningSandbox, client: Browser
) -> None:
    assert upload(client, "p.yaml", SPEC_YAML, {"name": "p"}).status_code == 200
    anonymous = running.api()
    assert anonymous.get(f"{API}/pipelines").json()["total_size"] == 1
    assert anonymous.get(f"{API}/pipelines/names/p").json()["name"] == "p"
    assert upload(anonymous, "p.yaml", SPEC_YAML, {"name": "q"}).status_code == 400
