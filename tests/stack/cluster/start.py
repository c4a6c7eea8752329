"""Starts etcd and kube-apiserver, with what Kubeflow puts into a cluster for a profile."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..ports import free_ports
from ..processes import Process, answers
from .build import ClusterPrograms
from .real_cluster import OWN_AUDIENCE, RealCluster

BASE = Path(__file__).with_name("base.yaml")
DEADLINE = 90.0  # seconds; two busy cores need a good part of that


@contextmanager
def running_kubernetes(
    programs: ClusterPrograms, folder: Path, environ: Mapping[str, str]
) -> Iterator[RealCluster]:
    """Run an API server until the block ends.

    Parameters
    ----------
    programs : ClusterPrograms
        What to run.
    folder : Path
        An empty folder for keys, data and logs.
    environ : mapping
        The programs' environment, with ``PATH``.

    Raises
    ------
    ProcessFailed
        When one of them does not come up.
    """
    etcd_port, peer_port, port = free_ports(3)
    etcd = f"http://127.0.0.1:{etcd_port}"
    _write_secret(folder / "service-accounts.key", _private_key())
    token = secrets.token_urlsafe(32)
    _write_secret(folder / "token", token)
    _write_secret(folder / "tokens.csv", f"{token},admin,admin,system:masters\n")
    url = f"https://127.0.0.1:{port}"
    cluster = RealCluster(
        url,
        folder / "certificates" / "apiserver.crt",
        folder / "token",
        programs.kubectl,
        {**environ, "KUBECONFIG": str(folder / "kubeconfig")},
    )
    with ExitStack() as to_stop:

        def launch(name: str, command: Sequence[str | Path]) -> Process:
            process = Process(name, [*map(str, command)], folder / f"{name}.log", environ)
            to_stop.callback(process.stop)
            return process

        launch(
            "etcd", [programs.etcd, *_etcd(folder, etcd, f"http://127.0.0.1:{peer_port}")]
        ).wait_for(answers(f"{etcd}/health"), DEADLINE)
        server = launch(
            "kube-apiserver", [programs.kube_apiserver, *_api_server(folder, etcd, port)]
        )
        server.wait_for(_ready(cluster), DEADLINE)
        _write_secret(folder / "kubeconfig", _kubeconfig(cluster, token))
        cluster.kubectl("apply", "--filename", str(BASE))
        yield cluster


def _etcd(folder: Path, url: str, peer: str) -> list[str]:
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # nothing here outlives the tests
    ]


def _api_server(folder: Path, etcd: str, port: int) -> list[str]:
    key = folder / "service-accounts.key"
    return [
        f"--etcd-servers={etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        "--authorization-mode=RBAC",
        f"--token-auth-file={folder / 'tokens.csv'}",
        # Where its keys can be looked up, as those of a provider's cluster can.
        f"--service-account-issuer=https://127.0.0.1:{port}",
        f"--api-audiences={OWN_AUDIENCE}",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--endpoint-reconciler-type=none",  # a loopback address cannot be an endpoint
    ]


def _ready(cluster: RealCluster) -> Callable[[], bool | None]:
    def look() -> bool | None:
        try:
            with requests.Session() as session:
                session.trust_env = False
                url, ca_file = f"{cluster.url}/readyz", cluster.ca_file
                return True if session.get(url, timeout=5, verify=str(ca_file)).ok else None
        except (requests.RequestException, OSError):
            return None  # the certificate, too, is yet to be made

    return look


def _kubeconfig(cluster: RealCluster, token: str) -> str:
    place = {"server": cluster.url, "certificate-authority": str(cluster.ca_file)}
    return json.dumps(  # which is YAML, too
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "it",
            "clusters": [{"name": "it", "cluster": place}],
            "users": [{"name": "it", "user": {"token": token}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        }
    )


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return made.decode()


def _write_secret(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)
