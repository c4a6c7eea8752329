"""The words of ``jupyter kfp-connect``."""

from __future__ import annotations

import argparse

from .._version import __version__
from ..core.environment import AUDIENCE
from ..core.manifests import KINDS
from .completion import names

_EXAMPLES = """\
examples:
  jupyter kfp-connect login prod          sign in, for every notebook of this Jupyter server
  jupyter kfp-connect status              how far the default connection goes
  jupyter kfp-connect doctor prod         each call, what it met and how long it took
  jupyter kfp-connect doctor prod -n team-a
  jupyter kfp-connect doctor --host http://localhost:8080/pipeline
  jupyter kfp-connect manifest pod-default -n team-a | kubectl apply -f -
  jupyter kfp-connect sandbox             a Kubeflow look-alike to try it out

completion by Tab, with jupyter-kfp-connect[completion] installed:
  eval "$(register-python-argcomplete jupyter)"

exit status:
  0  the connection is reachable, signed in and authorized
  1  it is not
  2  wrong usage
"""

_MANIFEST = """\
Print a manifest of Kubeflow's guide, filled in and ready for kubectl apply -f -:

  pod-default    mounts a token for Kubeflow Pipelines into notebooks that ask for it
  pod            a pod with such a token
  role-binding   lets ServiceAccounts work in a namespace
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="jupyter kfp-connect",
        description="Connections to Kubeflow Pipelines, for this Jupyter server's notebooks.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=__version__)
    commands = made.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND"
    )

    def command(name: str, text: str, *, named: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if named:
            name_of = added.add_argument(
                "name",
                nargs="?",
                metavar="NAME",
                help="a connection; the default one if left out",
            )
            name_of.completer = names  # type: ignore[attr-defined]
        return added

    command("list", "list the connections and say where each comes from", named=False)
    status = command("status", "show how far a connection goes, rung by rung")
    _add_namespace(status)
    _add_json(status)
    login = command("login", "sign in, asking only for what is missing")
    login.add_argument("--username", help="as on the sign-in form")
    login.add_argument("--connector", help="Dex's connector, such as local or ldap")
    command("logout", "forget a connection's session, in every notebook")
    _add_doctor(command("doctor", "look at every rung anew and show each call"))
    manifest = command("manifest", "print a manifest, ready to apply", named=False)
    _add_manifest(manifest)
    # Only for the list of commands: `main` hands its words on.
    commands.add_parser("sandbox", help="start a Kubeflow look-alike on this machine")
    return made


def _add_doctor(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument(
        "--host", metavar="URL", help="an address instead; no stored credential is sent there"
    )
    _add_namespace(doctor)
    _add_json(doctor)


def _add_namespace(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-n",
        "--namespace",
        metavar="NAMESPACE",
        help="the namespace to look at; the connection's own if left out",
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="for machines; never a secret")


def _add_manifest(manifest: argparse.ArgumentParser) -> None:
    manifest.description = _MANIFEST
    manifest.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    manifest.add_argument(
        "-n", "--namespace", metavar="NAMESPACE", help="where to apply it; this pod's if left out"
    )
    manifest.add_argument(
        "--service-account",
        action="append",
        default=[],
        metavar="NAMESPACE/NAME",
        dest="service_accounts",
        help="who is meant, may be given several times; this pod's own if left out, else"
        " default-editor of the namespace",
    )
    manifest.add_argument(
        "--audience",
        metavar="AUDIENCE",
        help="for pod-default and pod: what the token is made for, as Kubeflow Pipelines asks for"
        f" it; {AUDIENCE} if left out",
    )
