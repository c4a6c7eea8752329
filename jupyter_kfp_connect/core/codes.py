"""Every stable error code: the rung it breaks, who acts, and what to do if no more is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Actor = Literal["you", "administrator", "namespace owner"]
RungName = Literal["reachable", "signed-in", "authorized", "in-notebook"]

YOU: Actor = "you"
ADMINISTRATOR: Actor = "administrator"
OWNER: Actor = "namespace owner"

#: The panel says the same.
_WHO_ACTS: Mapping[str, str] = MappingProxyType(
    {
        YOU: "You can mend this.",
        ADMINISTRATOR: "An administrator has to mend this.",
        OWNER: "An owner of the namespace has to mend this.",
    }
)


def to_do(actor: str | None, remedy: str) -> str:
    """Return `remedy` with a sentence before it that says who acts, where it does not itself.

    Parameters
    ----------
    actor : str or None
        Who can mend it; ``None`` where nothing is to be mended.
    remedy : str
        What to do.
    """
    named = "You" if actor == YOU else (actor or "").rpartition(" ")[2]
    if named in remedy:
        return remedy
    return f"{_WHO_ACTS.get(actor or '', '')} {remedy}".lstrip()  # a newer version's is unknown


class Code(NamedTuple):
    """What is known of a code before anything is known of the case at hand.

    Attributes
    ----------
    rung : str or None
        The rung that does not hold, ``None`` for a request that was wrong in itself.
    remedy : str
        A sentence or two; never empty.
    actor : str
        Who can mend it.
    retryable : bool
        Whether the same call may succeed later with nothing changed by anybody here.
    """

    rung: RungName | None
    remedy: str
    actor: Actor = YOU
    retryable: bool = False


def _reachable(remedy: str, actor: Actor = YOU, *, retryable: bool = False) -> Code:
    return Code("reachable", remedy, actor, retryable)


def _signed_in(remedy: str, actor: Actor = YOU, *, retryable: bool = False) -> Code:
    return Code("signed-in", remedy, actor, retryable)


def _authorized(remedy: str, actor: Actor = YOU) -> Code:
    return Code("authorized", remedy, actor)


def _in_notebook(remedy: str) -> Code:
    return Code("in-notebook", remedy)


_RECREATE = (
    "Create the notebook server again with the configuration “Allow access to Kubeflow Pipelines” "
    "ticked; a restart is not enough."
)

#: Once released a code is never renamed; new ones may be added.
CODES = MappingProxyType(
    {
        # rung 1
        "bad-host": _reachable(
            "Give the address as in the browser, such as https://kubeflow.example.com/pipeline."
        ),
        "name-not-found": _reachable(
            "Check the spelling of the host; names that end in .svc.cluster.local exist only "
            "inside the cluster."
        ),
        "connection-refused": _reachable(
            "Start the port-forward or the server of that port, then try again.",
            retryable=True,
        ),
        "timed-out": _reachable(
            "The host did not answer in time. Check the network, a VPN or a proxy, then try again.",
            retryable=True,
        ),
        "tls-untrusted": _reachable(
            "Name the file of your organisation's certificate authority as the connection's CA "
            "file (in Python: ssl_ca_cert=…), or skip the verification if you accept the risk."
        ),
        "proxy-failed": _reachable(
            "Check the proxy's address; for a host inside the cluster add its suffix to NO_PROXY.",
            retryable=True,
        ),
        "wrong-path": _reachable("Use the path that answers."),
        "kfp-too-old": _reachable(
            "An administrator has to bring Kubeflow Pipelines to 2.0 or later; kfp 2 cannot speak "
            "to an older one.",
            ADMINISTRATOR,
        ),
        "not-kfp": _reachable(
            "Something else answers there. Give the address of Kubeflow's dashboard with "
            "/pipeline, or of the service ml-pipeline-ui."
        ),
        "bad-answer": _reachable(
            "The answer broke off or made no sense. Try again; if it stays, a proxy on the way may "
            "be at fault.",
            retryable=True,
        ),
        "server-error": _reachable(
            "The server has a problem of its own. Try again later, or tell its administrator.",
            ADMINISTRATOR,
            retryable=True,
        ),
        "too-many-redirects": _reachable(
            "The front door sends its visitors in a circle: an administrator has to look at its "
            "sign-in settings.",
            ADMINISTRATOR,
        ),
        # rung 2
        "sign-in-needed": _signed_in("Sign in as on the Kubeflow dashboard."),
        "wrong-password": _signed_in(
            "Type the password again. It was sent once and is not tried again by itself, so that "
            "the account does not lock."
        ),
        "connector-unknown": _signed_in("Choose one of the ways to sign in that are offered."),
        "no-password-form": _signed_in(
            "This sign-in takes no password here. Use the session cookie of a browser that is "
            "signed in, or a token, instead (in Python: connect(cookies=…) or connect(token=…))."
        ),
        "directory-down": _signed_in(
            "The directory behind the sign-in is down; the password was not refused. Try again "
            "later.",
            ADMINISTRATOR,
            retryable=True,
        ),
        "other-login-host": _signed_in(
            "Allow that host for this connection if it is your organisation's sign-in."
        ),
        "downgrade-refused": _signed_in(
            "The sign-in leads from https to plain http, where a password can be read by others. "
            "An administrator has to mend the front door's addresses.",
            ADMINISTRATOR,
        ),
        "session-over": _signed_in("Sign in again."),
        "code-expired": _signed_in("Ask for a new code.", retryable=True),
        "code-denied": _signed_in("Ask for a new code and approve it."),
        "cookie-refused": _signed_in("Copy the cookie again from a browser that is signed in."),
        "token-missing": _signed_in(
            "The namespace's owner or an administrator, once: Apply the PodDefault for Kubeflow "
            f"Pipelines in this namespace. You, after that: {_RECREATE}"
        ),
        "token-file-missing": _signed_in(
            f"The token's volume did not mount. {_RECREATE} If it is still missing then, an owner "
            "of the namespace applies the PodDefault for Kubeflow Pipelines once more."
        ),
        "token-empty": _signed_in(
            "The token's file is empty. Wait a moment for the kubelet to fill it, or recreate the "
            "notebook server.",
            retryable=True,
        ),
        "token-malformed": _signed_in(
            "Give a token as `kubectl create token` prints it, without quotes or line breaks."
        ),
        "token-expired": _signed_in(
            "Get a new token. If it was made just now, compare this machine's clock with the "
            "cluster's."
        ),
        "token-not-yet-valid": _signed_in(
            "Compare this machine's clock with the cluster's, and set the wrong one. Then get a "
            "new token.",
            retryable=True,
        ),
        "token-audience": _signed_in(
            "Mount a token made for the audience pipelines.kubeflow.org; the pod's ordinary token "
            "does not serve."
        ),
        "token-revoked": _signed_in(
            "The ServiceAccount of this token is gone. Recreate the notebook server in a namespace "
            "that has it."
        ),
        "token-issuer": _signed_in(
            "Istio does not know who issues this cluster's tokens. An administrator adds that "
            "issuer to Istio's RequestAuthentication.",
            ADMINISTRATOR,
        ),
        "token-refused": _signed_in(
            "Kubeflow Pipelines refused the token. Mount one made for the audience "
            "pipelines.kubeflow.org, or get a new one."
        ),
        "token-not-for-this-host": _signed_in(
            "To send the mounted token to this host too, edit the connection and sign in with "
            '“Mounted token” (in Python: auth="service-account-token").'
        ),
        "token-command-failed": _signed_in("Run the command in a terminal to see what it says."),
        "gateway-bypassed": _signed_in(
            "This address passes by the gateway, which signs people in. Forward the gateway "
            "instead; without it, only a ServiceAccount's token serves.",
        ),
        "no-way-in": _signed_in(
            "Use the session cookie of a browser that is signed in, or a token (in Python: "
            "connect(cookies=…) or connect(token=…))."
        ),
        # rung 3
        "namespace-needed": _authorized("Choose the namespace (your Kubeflow profile) to work in."),
        "namespace-not-taken": _authorized(
            "Clear the connection's namespace, and name none in calls."
        ),
        "namespace-missing": _authorized("Check the spelling of the namespace."),
        "forbidden": _authorized("An owner of the namespace has to give you access to it.", OWNER),
        "forbidden-by-mesh": _authorized(
            "A policy of the service mesh stops the call before Kubeflow Pipelines sees it. Mount "
            "a token if none is sent; otherwise an administrator has to allow it.",
            ADMINISTRATOR,
        ),
        # rung 4
        "package-missing": _in_notebook("Install it in this kernel's environment, then try again."),
        "package-too-old": _in_notebook(
            "Install the version of the Jupyter server in this kernel's environment, then restart "
            "the kernel."
        ),
        "sdk-missing": _in_notebook("Install kfp in this kernel's environment, then try again."),
        "sdk-too-old": _in_notebook(
            "Install kfp 2.17 or later in this kernel's environment, then restart the kernel."
        ),
        "name-taken": _in_notebook(
            "That name holds something of yours. Choose another for the client: with "
            "%kfp_connect --as NAME, or in the settings of Kubeflow Pipelines."
        ),
        "kernel-remote": _in_notebook(
            "This kernel runs elsewhere and cannot take over the session: run %kfp_connect in it."
        ),
        "kernel-unsupported": _in_notebook("Open a notebook with a Python kernel."),
        "disconnected": _in_notebook(
            "Connect again: in the Kubeflow Pipelines panel, or with %kfp_connect in a cell."
        ),
        # requests
        "bad-request": Code(None, "Correct the request."),
        "unknown-connection": Code(None, "List the connections to see their names."),
        "locked": Code(
            None, "This connection belongs to the administrator; ask them.", ADMINISTRATOR
        ),
        "busy": Code(
            None, "Wait until the sign-in under way is done, or cancel it.", retryable=True
        ),
        "not-allowed": Code(None, "Ask the administrator for that right.", ADMINISTRATOR),
        "not-json": Code(None, "Send JSON with the content type application/json."),
        "file-unreadable": Code(
            None, "Correct the file, or move it away; nothing in it was changed."
        ),
        "file-unwritable": Code(
            None, "Make the folder writable, or ask the administrator to keep the connection."
        ),
        "unexpected": Code(
            None, "This is a mistake of jupyter-kfp-connect: please report it with the log."
        ),
    }
)
