"""OpenLDAP's slapd, as an organisation's directory behind Dex."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.parts import missing

#: Dex's id for it, the one in Kubeflow's guide.
CONNECTOR = "ldap"
#: The default user again, under another password: who signs in so owns the same namespace.
USERNAME = "user@example.com"
PASSWORD = "harbour-Ink-27-vault"
_BASE = "dc=example,dc=com"
_ADMIN = f"cn=admin,{_BASE}"
_ADMIN_PASSWORD = "directory-admin"
#: Debian's folders, which are on no ordinary user's path.
_SEARCHED = f"/usr/sbin{os.pathsep}/usr/local/sbin{os.pathsep}/usr/libexec"
_SCHEMA = Path("/etc/ldap/schema")

_CONFIG = """\
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {admin_password}
directory {folder}
"""
_ENTRIES = """\
dn: {base}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: cn=user,ou=people,{base}
objectClass: inetOrgPerson
cn: user
sn: User
mail: {username}
userPassword: {password}
"""


def connector(port: int) -> dict[str, Any]:
    """Return Dex's connector that asks the directory at `port` of loopback."""
    return {
        "type": "ldap",
        "id": CONNECTOR,
        "name": "Company directory",
        "config": {
            "host": f"127.0.0.1:{port}",
            "insecureNoSSL": True,
            "bindDN": _ADMIN,
            "bindPW": _ADMIN_PASSWORD,
            "userSearch": {
                "baseDN": f"ou=people,{_BASE}",
                "filter": "(objectClass=person)",
                "username": "mail",
                "idAttr": "DN",
                "emailAttr": "mail",
                "nameAttr": "cn",
            },
        },
    }


def command(folder: Path, port: int, environ: Mapping[str, str]) -> list[str]:
    """Fill a directory in `folder`; return the command that serves it at `port` of loopback.

    Notes
    -----
    A missing slapd skips the test, or fails it under ``CI=true``.
    """
    path = os.pathsep.join((environ.get("PATH", ""), _SEARCHED))
    slapd, slapadd = (shutil.which(name, path=path) for name in ("slapd", "slapadd"))
    if slapd is None or slapadd is None or not _SCHEMA.is_dir():
        missing("the tests of directories need OpenLDAP's server (Debian: apt install slapd)")
    folder.mkdir()
    # Ubuntu confines the programs at their own path to the system's folders; copies are free.
    serve, fill = (os.fspath(shutil.copy(program, folder)) for program in (slapd, slapadd))
    facts = {
        "schema": _SCHEMA,
        "folder": folder,
        "base": _BASE,
        "admin": _ADMIN,
        "admin_password": _ADMIN_PASSWORD,
        "username": USERNAME,
        "password": PASSWORD,
    }
    config, entries = folder / "slapd.conf", folder / "entries.ldif"
    config.write_text(_CONFIG.format(**facts))
    entries.write_text(_ENTRIES.format(**facts))
    subprocess.run(
        [fill, "-f", config, "-l", entries], check=True, capture_output=True, env=dict(environ)
    )
    return [serve, "-f", str(config), "-h", f"ldap://127.0.0.1:{port}", "-d", "0"]


def listens(port: int) -> Callable[[], bool | None]:
    """Return a look for `Process.wait_for`: does somebody listen at `port` of loopback?"""

    def look() -> bool | None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return None
        return True

    return look
