"""The public way from plain Python: `connect`, and the guide's class in our own code."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .core.errors import KfpConnectError, RequestError
from .core.secret import Secret
from .kernel.brief import briefly
from .kernel.broker_source import Holder
from .kernel.connecting import source_for
from .kernel.identity import kernel_id

if TYPE_CHECKING:
    from .kernel.client import KubeflowClient


def connect(
    connection: str | None = None,
    *,
    host: str | None = None,
    auth: str | None = None,
    username: str | None = None,
    password: str | None = None,
    connector: str | None = None,
    token: str | None = None,
    token_file: str | os.PathLike[str] | None = None,
    token_command: Sequence[str] | None = None,
    cookies: str | Mapping[str, str] | None = None,
    client_id: str | None = None,
    scopes: Sequence[str] | None = None,
    namespace: str | None = None,
    verify_ssl: bool | None = None,
    ssl_ca_cert: str | os.PathLike[str] | None = None,
    ui_host: str | None = None,
    proxy: str | None = None,
    login_hosts: Sequence[str] | None = None,
    timeout: float | None = None,
) -> KubeflowClient:
    """Return a `kfp.Client` that is signed in and stays so.

    Without arguments: the default connection, or what is detected. ``None`` means as the
    connection has it, else the default (``auto``, verified, 10 s). A password given here stays in
    this process; the panel and ``jupyter kfp-connect login`` keep it out of notebooks.

    Parameters
    ----------
    connection : str, optional
        A connection's name. Together with `host`: its fields without its credential, for this
        client only.
    host : str, optional
        The address as in the browser, such as ``https://kubeflow.example.com/pipeline``.
    auth : str, optional
        ``auto``, ``service-account-token``, ``dex``, ``oidc-device``, ``bearer-token``,
        ``session-cookie`` or ``none``.
    username, password, connector : str, optional
        For ``dex``; the connector is Dex's id, such as ``local`` or ``ldap``.
    token : str, optional
        A bearer token.
    token_file : path, optional
        A file that holds one; read again at each use.
    token_command : sequence of str, optional
        A program and its arguments that print one; run without a shell.
    cookies : str or mapping, optional
        Session cookies as a browser has them: ``name=value; …``, a ``Cookie`` or ``Set-Cookie``
        line, a row of the developer tools' table, or a request copied as cURL.
    client_id, scopes : str, sequence of str, optional
        For ``oidc-device``.
    namespace : str, optional
        The namespace of calls that name none.
    verify_ssl : bool, optional
        ``False`` skips the check of the certificate, with a warning.
    ssl_ca_cert : path, optional
        The file of a certificate authority to trust.
    ui_host : str, optional
        Where people open the Pipelines UI.
    proxy : str, optional
        An HTTP proxy's address.
    login_hosts : sequence of str, optional
        Other origins at which signing in is allowed.
    timeout : float, optional
        Seconds that one call may take.

    Returns
    -------
    KubeflowClient
        Rungs 1 and 2 hold, and 3 where a namespace is known.

    Raises
    ------
    KfpConnectError
        What keeps it, and the remedy; `SignInNeeded` where a person has to act, `RequestError` for
        arguments that cannot be.
    """
    fields = {
        "auth": auth,
        "username": username,
        "connector": connector,
        "token_file": _path(token_file),
        "token_command": token_command,
        "client_id": client_id,
        "scopes": scopes,
        "namespace": namespace,
        "verify_ssl": verify_ssl,
        "ssl_ca_cert": _path(ssl_ca_cert),
        "ui_host": ui_host,
        "proxy": proxy,
        "login_hosts": login_hosts,
        "timeout": timeout,
    }
    changes = {key: value for key, value in fields.items() if value is not None}
    secrets, problem = _wrapped(password=password, token=token, cookies=_cookies(cookies))
    # A verbose traceback shows what arguments hold: from here on, nothing.
    password = token = cookies = None
    if problem is not None:
        raise briefly(problem)
    try:
        if host is None and not changes and not any(secrets.values()):
            source = source_for(Holder(connection, None, kernel_id()), prove=True)
        else:
            from .kernel.arguments import source_of  # most kernels need none of it

            source = source_of(connection, host, changes, secrets)
        return _client_class()(source)
    except KfpConnectError as raised:
        briefly(raised)
        raise


def _client_class() -> type[KubeflowClient]:
    """Return the client's class, or raise what is wrong with the kfp that it is made of."""
    from .kernel.sdk import check_sdk

    try:
        import kfp

        from .kernel.client import KubeflowClient
    except ImportError:
        check_sdk()  # kfp 1 brings older libraries along, so that already this fails
        raise
    check_sdk(kfp.__version__)
    return KubeflowClient


class KFPClientManager:
    """Makes clients that signed in through Dex; the class of Kubeflow's guide, same arguments.

    Parameters
    ----------
    api_url : str
        The address of the Pipelines API, such as ``http://localhost:8080/pipeline``.
    dex_username, dex_password : str
        As on Dex's form.
    dex_auth_type : str
        The connector's id: ``local``, ``ldap``, or whichever the install has.
    skip_tls_verify : bool
        Skips the check of the certificate, with a warning.
    """

    def __init__(
        self,
        api_url: str,
        dex_username: str,
        dex_password: str,
        dex_auth_type: str = "local",
        skip_tls_verify: bool = False,
    ) -> None:
        self._password, dex_password = Secret(dex_password), ""
        from .core.hosts import clean_host  # a client of a connection needs none of it

        self._api_url = clean_host(api_url)
        self._username = dex_username
        self._connector = dex_auth_type
        self._verify = not skip_tls_verify

    def __repr__(self) -> str:
        return f"KFPClientManager({self._api_url!r}, {self._username!r})"

    def create_kfp_client(self) -> KubeflowClient:
        """Sign in and return a client; it renews its session by itself.

        Raises
        ------
        KfpConnectError
            What keeps it, and the remedy.
        """
        return connect(
            host=self._api_url,
            username=self._username,
            password=self._password.reveal(),
            connector=self._connector,
            verify_ssl=self._verify,
        )


def _wrapped(**given: object) -> tuple[dict[str, Secret | None], RequestError | None]:
    """Return the secrets, and what is wrong with one: raised here, a traceback would show them."""
    secrets: dict[str, Secret | None] = {}
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or not value.strip()):
            message = f"{name}: it is empty or not a text"
            return {}, _bad(message, "Leave it out, or give it as a text.")
        secrets[name] = Secret(value) if isinstance(value, str) else None
    return secrets, None


def _cookies(cookies: object) -> object:
    if isinstance(cookies, Mapping):
        return "; ".join(f"{name}={value}" for name, value in cookies.items())
    return cookies


def _path(path: str | os.PathLike[str] | None) -> str | None:
    """Return the whole path: what a program gives is meant from the folder that it runs in."""
    if path is None:
        return None
    text = os.fspath(path)
    return os.path.abspath(os.path.expanduser(text)) if text else text


def _bad(message: str, remedy: str) -> RequestError:
    return RequestError("bad-request", message, remedy=remedy)
