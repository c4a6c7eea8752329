"""`python -m jupyter_kfp_connect.sandbox`: a sandbox until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .options import PASSWORD, USER, ApiServer, SandboxOptions
from .server import Sandbox

PROGRAM = "python -m jupyter_kfp_connect.sandbox"


def parser(prog: str = PROGRAM) -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    made = argparse.ArgumentParser(
        prog=prog, description="Start a Kubeflow look-alike on loopback, to try things out."
    )
    made.add_argument("--port", type=int, default=0, help="where to listen (0: any free port)")
    made.add_argument("--api-port", type=int, default=0, help="port of the bare KFP API")
    made.add_argument("--address", default="127.0.0.1", help="a loopback address")
    made.add_argument("--api-only", action="store_true", help="the bare KFP API: no sign-in")
    made.add_argument("--single-user", action="store_true", help="a standalone install")
    made.add_argument("--session-seconds", type=float, default=86_400.0, help="life of a session")
    made.add_argument(
        "--connectors", default="local", help="ids of Dex's connectors, as in local,ldap"
    )
    made.add_argument("--approval", action="store_true", help="Dex asks to grant access")
    made.add_argument("--directory-down", action="store_true", help="Dex's directory is down")
    made.add_argument("--pending-seconds", type=float, default=2.0, help="a run's wait")
    made.add_argument("--running-seconds", type=float, default=6.0, help="a run's work")
    made.add_argument("--token-file", type=Path, help="keep a ServiceAccount token here")
    made.add_argument("--token-seconds", type=float, default=7_200.0, help="its life")
    made.add_argument("--kubernetes", metavar="URL", help="an API server to ask for tokens, rights")
    made.add_argument("--kubernetes-token-file", type=Path, help="what it knows the sandbox by")
    made.add_argument("--kubernetes-ca-file", type=Path, help="checks its certificate")
    made.add_argument("--kubernetes-insecure", action="store_true", help="leave it unchecked")
    made.add_argument(
        "--allow-host", action="append", default=[], help="a further name that may ask for it"
    )
    made.add_argument("--empty", action="store_true", help="without the example experiment")
    made.add_argument("--port-file", type=Path, help="write the port here once it listens")
    made.add_argument(
        "--until-stdin-closes", action="store_true", help="end when standard input is closed"
    )
    return made


def options_of(arguments: argparse.Namespace) -> SandboxOptions:
    """Return the sandbox's options.

    Raises
    ------
    ValueError
        For options that a sandbox refuses.
    """
    return SandboxOptions(
        port=arguments.port,
        api_port=arguments.api_port,
        address=arguments.address,
        api_only=arguments.api_only,
        single_user=arguments.single_user,
        session_seconds=arguments.session_seconds,
        connectors=tuple(each for each in arguments.connectors.split(",") if each),
        approval=arguments.approval,
        directory_down=arguments.directory_down,
        pending_seconds=arguments.pending_seconds,
        running_seconds=arguments.running_seconds,
        token_file=arguments.token_file,
        token_seconds=arguments.token_seconds,
        kubernetes=_api_server(arguments),
        example=not arguments.empty,
        allowed_hosts=tuple(arguments.allow_host),
    )


def _api_server(arguments: argparse.Namespace) -> ApiServer | None:
    if arguments.kubernetes is None:
        return None
    if arguments.kubernetes_token_file is None:
        raise ValueError("--kubernetes goes with --kubernetes-token-file")
    return ApiServer(
        arguments.kubernetes,
        arguments.kubernetes_token_file,
        arguments.kubernetes_ca_file,
        verify=not arguments.kubernetes_insecure,
    )


def describe(sandbox: Sandbox) -> str:
    """Return what a person needs to know to use a sandbox that runs."""
    lines = ["Kubeflow SANDBOX: nothing here is real, nothing is kept, nothing runs.", ""]
    lines.append(f"  host       {sandbox.host}")
    if sandbox.options.has_front_door:
        lines += [f"  user name  {USER}", f"  password   {PASSWORD}"]
        lines.append(f"  bare API   {sandbox.api_host}")
    if sandbox.options.token_file is not None:
        lines.append(f"  token      {sandbox.options.token_file}")
    lines += ["", "Ctrl+C ends it."]
    return "\n".join(lines)


async def run(arguments: argparse.Namespace) -> None:
    """Run a sandbox until a signal, or the end of standard input, ends it."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    if arguments.until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(loop, ended), daemon=True).start()
    async with Sandbox(options_of(arguments)) as sandbox:
        if arguments.port_file is not None:
            _write_whole(arguments.port_file, f"{sandbox.port}\n")
        print(describe(sandbox), flush=True)
        try:
            await ended.wait()
        finally:
            if arguments.port_file is not None:
                arguments.port_file.unlink(missing_ok=True)


def main(argv: Sequence[str] | None = None, prog: str = PROGRAM) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The options; by default the process's own.
    prog : str, optional
        What the help calls it.

    Returns
    -------
    int
        0 after an ordinary end, 1 where it could not listen, 2 for options it refuses.
    """
    made = parser(prog)
    arguments = made.parse_args(argv)
    try:
        options_of(arguments)
    except ValueError as error:
        made.error(str(error))
    try:
        asyncio.run(run(arguments))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    # os.read, not sys.stdin: a thread inside the buffered reader would break the interpreter's end.
    while os.read(0, 4096):
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(ended.set)


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or nothing."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text)
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
