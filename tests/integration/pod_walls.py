"""Runs a command as in a notebook pod: the cluster's names, its port 80, a pod's folders.

It is a program of its own, to be started in fresh namespaces for mounts and network::

    unshare -m -n --propagation private python pod_walls.py FOLDER COMMAND [ARGUMENT ...]

Nothing outside those namespaces changes, and they end with the command.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

#: Below a folder that is empty in here; says to tests that they are in the pod.
MARK = Path("/run/in-a-pod")

#: Where a pod finds the name of its namespace; tests of a pod write it.
NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")

SERVICES = ("ml-pipeline-ui.kubeflow", "ml-pipeline.kubeflow")

#: Where a standalone install is, and its names there: the short one for pods of its namespace.
STANDALONE_NAMESPACE = "pipelines-alone"
_STANDALONE = f"ml-pipeline-ui.{STANDALONE_NAMESPACE}"
STANDALONE_NAMES = (
    "ml-pipeline-ui",
    _STANDALONE,
    f"{_STANDALONE}.svc",
    f"{_STANDALONE}.svc.cluster.local",
)
HOSTS = "127.0.0.1 localhost\n" + "".join(
    f"127.0.0.1 {names}\n"
    for names in (
        *(f"{service}.svc.cluster.local {service}.svc {service}" for service in SERVICES),
        " ".join(STANDALONE_NAMES),
    )
)
# As the kubelet writes it; nobody answers at that address, and asking fails at once.
RESOLV = """\
search kubeflow-user-example-com.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
"""

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def bring_up_loopback() -> None:
    """Let the loopback interface work; a new network namespace has it switched off."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("16xh", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def mount(*words: str) -> None:
    """Mount something in here."""
    subprocess.run(["mount", *words], check=True)


def main() -> None:
    """Put up the walls, then become the command."""
    folder, *command = sys.argv[1:]
    bring_up_loopback()
    for name, text in (("hosts", HOSTS), ("resolv.conf", RESOLV)):
        file = Path(folder, name)
        file.write_text(text, encoding="ascii")
        mount("--bind", str(file), f"/etc/{name}")
    mount("-t", "tmpfs", "pod", "/run")  # /var/run leads here
    MARK.touch()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
