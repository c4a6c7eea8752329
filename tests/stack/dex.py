"""Dex, set up as Kubeflow sets it up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stack import directory

# Kubeflow's own default user; the hash is the one of its manifests.
USERNAME = "user@example.com"
PASSWORD = "12341234"
PASSWORD_HASH = "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72"
# For searches: eight digits may turn up anywhere by chance, this does not.
UNUSUAL_PASSWORD = "plum-Kettle-58-orbit"
UNUSUAL_PASSWORD_HASH = "$2b$10$Iji3uBWtC1SLLIMl7evB6.ATlxdn6270HtE.wyZA.WpWgW5WaLRmK"
# Who Dex's mock connector says that its only user is.
SECOND_CONNECTOR = "ldap"
SECOND_USERNAME = "kilgore"
SECOND_PASSWORD = "trout-1234"
SECOND_EMAIL = "kilgore@kilgore.trout"

#: Types of connectors that lead to the sign-in of somebody else, and their titles.
PASSWORDLESS = {"github": "GitHub", "gitlab": "GitLab"}
#: Where oidc-authservice, which came before oauth2-proxy, takes visitors back.
OLDER_CALLBACK = "/login/oidc"
CLIENT_ID = "kubeflow-oidc-authservice"


@dataclass(frozen=True)
class DexOptions:
    """What differs between one Dex and another.

    Attributes
    ----------
    approval : bool
        Shows the approval screen after the password.
    second_connector : bool
        Offers a second connector with a password form, so that a page to choose comes first.
    unusual_password : bool
        The user has a password that nothing else looks like.
    directory_port : int, optional
        Where a directory listens that the connector ``ldap`` asks.
    passwordless : int
        Offers so many connectors of `PASSWORDLESS`, and has no users of its own.
    prefix : str
        The path before ``/dex``.
    callback : str
        Where the front door takes visitors back.
    certificate, key : Path, optional
        Makes it an https server.
    """

    approval: bool = False
    second_connector: bool = False
    unusual_password: bool = False
    directory_port: int | None = None
    passwordless: int = 0
    prefix: str = ""
    callback: str = "/oauth2/callback"
    certificate: Path | None = None
    key: Path | None = None

    def issuer(self, port: int) -> str:
        """Return Dex's own address; it names a host that only the cluster's inside knows."""
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://127.0.0.1:{port}{self.prefix}/dex"


def write_config(path: Path, port: int, client_secret: str, options: DexOptions) -> Path:
    """Write Dex's configuration (JSON is YAML too) for `port` on loopback; return `path`."""
    config: dict[str, Any] = {
        "issuer": options.issuer(port),
        "storage": {"type": "memory"},
        "web": _web(port, options),
        "oauth2": {"skipApprovalScreen": not options.approval},
        "enablePasswordDB": not options.passwordless,
        "staticPasswords": [] if options.passwordless else [_user(options)],
        "staticClients": [
            {
                "id": CLIENT_ID,
                "name": "Dex Login Application",
                "secret": client_secret,
                "redirectURIs": [options.callback, OLDER_CALLBACK],
            }
        ],
    }
    connectors = _connectors(port, options)
    if connectors:
        config["connectors"] = connectors
    if not options.passwordless:
        config["oauth2"]["passwordConnector"] = "local"  # tokens for programs
    path.write_text(json.dumps(config, indent=1))
    return path


def _web(port: int, options: DexOptions) -> dict[str, str]:
    if options.certificate is None:
        return {"http": f"127.0.0.1:{port}"}
    return {
        "https": f"127.0.0.1:{port}",
        "tlsCert": str(options.certificate),
        "tlsKey": str(options.key),
    }


def _user(options: DexOptions) -> dict[str, str]:
    return {
        "email": USERNAME,
        "hash": UNUSUAL_PASSWORD_HASH if options.unusual_password else PASSWORD_HASH,
        "username": "user",
        "userID": "15841185641784",
    }


def _connectors(port: int, options: DexOptions) -> list[dict[str, Any]]:
    found = []
    if options.second_connector:
        found.append(
            {
                "type": "mockPassword",
                "id": SECOND_CONNECTOR,
                "name": "Company directory",
                "config": {"username": SECOND_USERNAME, "password": SECOND_PASSWORD},
            }
        )
    if options.directory_port is not None:
        found.append(directory.connector(options.directory_port))
    back = f"{options.issuer(port)}/callback"
    client = {"clientID": "id", "clientSecret": "none", "redirectURI": back}
    found += [
        {"type": kind, "id": kind, "name": name, "config": client}
        for kind, name in list(PASSWORDLESS.items())[: options.passwordless]
    ]
    return found
