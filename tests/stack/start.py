"""Starts all real parts together, on free loopback ports."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.stack import dex, directory, gateway, oauth2_proxy
from tests.stack.ports import free_ports
from tests.stack.processes import Process, ProcessFailed, Restartable, answers
from tests.stack.stack import Stack, StackOptions
from tests.stack.tools import Tools

REPOSITORY = Path(__file__).parents[2]
ATTEMPTS = 3  # a free port may be taken by another before it is used
TAKEN = "address already in use"  # in anybody's words; OpenLDAP's begin with a capital


@contextmanager
def running_stack(
    tools: Tools, folder: Path, options: StackOptions, environ: Mapping[str, str]
) -> Iterator[Stack]:
    """Start all parts, yield them, and stop them.

    Parameters
    ----------
    tools : Tools
        The built programs.
    folder : Path
        An empty folder for configuration and logs.
    options : StackOptions
        What this stack is like.
    environ : mapping
        Environment of all parts.

    Raises
    ------
    ProcessFailed
        A part did not come up; the message has its log's tail.
    """
    with ExitStack() as running:
        for attempt in range(ATTEMPTS):
            starter = _Starter(tools, folder, environ, running)
            try:
                stack = starter.start(options)
                break
            except ProcessFailed as error:
                running.close()
                if attempt == ATTEMPTS - 1 or TAKEN not in str(error).lower():
                    raise
        yield stack


@dataclass
class _Ports:
    dex: int
    oauth2_proxy: int
    gateway: int
    api: int
    directory: int


@dataclass
class _Https:
    """A server's certificate, and the authority that it is by; nothing for plain http."""

    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class _Starter:
    """Starts the parts of one stack, each registered at once with what stops them."""

    def __init__(
        self, tools: Tools, folder: Path, environ: Mapping[str, str], running: ExitStack
    ) -> None:
        self._tools = tools
        self._folder = folder
        self._environ = {**environ, "PYTHONPATH": str(REPOSITORY)}
        self._running = running
        self._ports = _Ports(*free_ports(5))
        self._client_secret = secrets.token_hex(16)
        self._https = _Https()

    def start(self, options: StackOptions) -> Stack:
        self._https = self._certificates() if options.https else _Https()
        gateway_url = f"{'https' if options.https else 'http'}://localhost:{self._ports.gateway}"
        api_url = f"http://localhost:{self._ports.api}"
        # All at once, for each takes a while to come up.
        api = self._run("kfp-api", self._api_command(options))
        caddy = self._run("caddy", self._caddy_command(options))
        ldap = self._directory() if options.directory else None
        dex_server = self._dex(options)
        dex_server.start()
        proxy = self._oauth2_proxy(options)
        proxy.start()
        caddy.wait_for(answers(f"{gateway_url}{options.prefix}/oauth2/sign_in", self._verify))
        api.wait_for(answers(f"{api_url}/apis/v2beta1/healthz"))
        return Stack(
            gateway_url,
            api_url,
            self._folder,
            options,
            dex_server,
            proxy,
            dex_issuer=self._issuer(options),
            client_secret=self._client_secret,
            directory=ldap,
            ca_file=self._https.ca_file,
        )

    @property
    def _verify(self) -> str | bool:
        return str(self._https.ca_file) if self._https.ca_file else True

    def _directory(self) -> Restartable:
        port = self._ports.directory
        folder = self._folder / f"directory-{port}"  # another one for another attempt
        command = directory.command(folder, port, self._environ)
        log = self._folder / "slapd.log"

        def launch() -> Process:
            return Process("slapd", command, log, self._environ)

        server = Restartable(launch, directory.listens(port))
        self._running.callback(server.stop)
        server.start()
        return server

    def _callback(self, options: StackOptions) -> str:
        # Relative, as in Kubeflow, unless the way back leads from another origin.
        scheme = "https" if options.https else "http"
        where = f"{scheme}://localhost:{self._ports.gateway}" if options.elsewhere else ""
        return f"{where}{options.prefix}/oauth2/callback"

    def _issuer(self, options: StackOptions) -> str:
        return self._dex_options(options).issuer(self._ports.dex)

    def _run(self, name: str, command: list[str]) -> Process:
        process = Process(name, command, self._folder / f"{name}.log", self._environ)
        self._running.callback(process.stop)
        return process

    def _dex_options(self, options: StackOptions) -> dex.DexOptions:
        https = self._https if options.elsewhere_https else _Https()
        return dex.DexOptions(
            options.approval,
            options.second_connector,
            options.unusual_password,
            self._ports.directory if options.directory else None,
            options.passwordless,
            options.prefix,
            self._callback(options),
            https.certificate,
            https.key,
        )

    def _dex(self, options: StackOptions) -> Restartable:
        config = dex.write_config(
            self._folder / "dex.json",
            self._ports.dex,
            self._client_secret,
            self._dex_options(options),
        )
        command = [str(self._tools.dex), "serve", str(config)]

        def launch() -> Process:
            return Process("dex", command, self._folder / "dex.log", self._environ)

        server = Restartable(launch, answers(f"{self._issuer(options)}/keys", self._verify))
        self._running.callback(server.stop)
        return server

    def _oauth2_proxy(self, options: StackOptions) -> Restartable:
        def launch() -> Process:
            command = self._oauth2_proxy_command(options)
            return Process(
                "oauth2-proxy", command, self._folder / "oauth2-proxy.log", self._environ
            )

        ping = f"http://127.0.0.1:{self._ports.oauth2_proxy}/ping"
        server = Restartable(launch, answers(ping))
        self._running.callback(server.stop)
        return server

    def _oauth2_proxy_command(self, options: StackOptions) -> list[str]:
        cluster = options.cluster
        ca_files = (self._https.ca_file, cluster.ca_file if cluster else None)
        config = oauth2_proxy.write_config(
            self._folder / "oauth2-proxy.toml",
            self._ports.oauth2_proxy,
            oauth2_proxy.ProxyOptions(
                self._issuer(options),
                self._client_secret,
                options.cookie_expire,
                options.https,
                options.skip_button,
                options.prefix,
                self._callback(options),
                options.csrf_expire,
                tuple(filter(None, ca_files)),
                (f"{cluster.url}={options.token_audience}",) if cluster else (),
            ),
        )
        return [str(self._tools.oauth2_proxy), "--config", str(config)]

    def _caddy_command(self, options: StackOptions) -> list[str]:
        ports = self._ports
        config = gateway.write_config(
            self._folder / "Caddyfile",
            ports.gateway,
            self._folder / gateway.ACCESS_LOG,
            gateway.GatewayOptions(
                ports.dex,
                ports.oauth2_proxy,
                ports.api,
                self._https.certificate,
                self._https.key,
                options.prefix,
                options.sign_in,
            ),
        )
        return [str(self._tools.caddy), "run", "--config", str(config), "--adapter", "caddyfile"]

    def _api_command(self, options: StackOptions) -> list[str]:
        module = "jupyter_kfp_connect.sandbox"
        command = [sys.executable, "-m", module, "--api-only", "--port", str(self._ports.api)]
        if (cluster := options.cluster) is not None:
            command += ["--kubernetes", cluster.url]
            command += ["--kubernetes-token-file", str(cluster.token_file)]
            command += ["--kubernetes-ca-file", str(cluster.ca_file)]
        return command if options.sign_in else [*command, "--single-user"]

    def _certificates(self) -> _Https:
        authority = trustme.CA()
        server = authority.issue_cert("localhost", "127.0.0.1")
        ca_file, certificate, key = (
            self._folder / name for name in ("ca.pem", "certificate.pem", "key.pem")
        )
        authority.cert_pem.write_to_path(ca_file)
        server.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
        return _Https(ca_file, certificate, key)
