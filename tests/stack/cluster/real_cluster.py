"""A running Kubernetes API server, and kubectl for it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AUDIENCE = "pipelines.kubeflow.org"
#: Of tokens that are made for no other: the API server's, by the name that kubeadm gives it.
OWN_AUDIENCE = "https://kubernetes.default.svc.cluster.local"
NAMESPACE = "kubeflow-user-example-com"
OTHER_NAMESPACE = "team-a"
ACCOUNT = "default-editor"
LIMIT = 60  # seconds that kubectl may take


@dataclass(frozen=True)
class RealCluster:
    """An API server of our own.

    Parameters
    ----------
    url : str
        Where it listens; its tokens name it as their issuer.
    ca_file : Path
        What its certificate is checked with.
    token_file : Path
        An administrator's token.
    program : Path
        kubectl.
    environ : mapping
        kubectl's environment.
    """

    url: str
    ca_file: Path
    token_file: Path
    program: Path
    environ: Mapping[str, str] = field(repr=False, hash=False)

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        """Run kubectl as the administrator, with `text` for its input; return what it prints.

        Raises
        ------
        AssertionError
            It failed; with what it complained of.
        """
        done = subprocess.run(
            [self.program, *arguments],
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=dict(self.environ),
            check=False,
        )
        assert done.returncode == 0, f"kubectl {' '.join(arguments[:2])}: {done.stderr}"
        return done.stdout

    def token(
        self, account: str = ACCOUNT, namespace: str = NAMESPACE, audience: str | None = AUDIENCE
    ) -> str:
        """Return a fresh token of a ServiceAccount; audience None for the API server's own."""
        return self.kubectl(*self.create_token(account, namespace, audience)[1:]).strip()

    def create_token(
        self, account: str = ACCOUNT, namespace: str = NAMESPACE, audience: str | None = AUDIENCE
    ) -> list[str]:
        """Return the command for that as people type it, the kubectl of the tests in front."""
        asked = () if audience is None else ("--audience", audience)
        return [str(self.program), "create", "token", account, "--namespace", namespace, *asked]

    def may(self, user: str, verb: str, resource: str, namespace: str) -> bool:
        """Ask the API server what KFP asks it before it answers a call of `user`."""
        return bool(self._reviewed(user, verb, resource, namespace)["allowed"])

    def reason(self, user: str, verb: str, resource: str, namespace: str) -> str:
        """Ask the same; return the reason that it gives, which KFP passes on."""
        return str(self._reviewed(user, verb, resource, namespace).get("reason", ""))

    def _reviewed(self, user: str, verb: str, resource: str, namespace: str) -> Mapping[str, Any]:
        attributes = {
            "group": "pipelines.kubeflow.org",
            "verb": verb,
            "resource": resource,
            "namespace": namespace,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": attributes},
        }
        asked = ("create", "--output", "json", "--filename", "-")
        answer = json.loads(self.kubectl(*asked, text=json.dumps(review)))
        return dict(answer["status"])
