"""Who is at the other end of a Unix socket."""

from __future__ import annotations

import os
import socket
import struct
import sys


def check_peer(connection: socket.socket) -> None:
    """Make sure that the server is this user's, before it is told a secret.

    Raises
    ------
    OSError
        Somebody else listens at the path that the description names.
    """
    if sys.platform != "linux":
        return  # the folder's mode keeps others out
    size = struct.calcsize("3i")
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    if struct.unpack("3i", packed)[1] != os.getuid():
        raise PermissionError
