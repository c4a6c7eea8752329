"""Calls that go on in threads of a notebook or program, until told to end."""

CELL = """
import threading

_ended, _made, _failed = threading.Event(), [], []

def _call(client):
    while not _ended.is_set():
        try:
            client.list_experiments()
        except BaseException as problem:
            _failed.append(repr(problem))
            return
        _made.append(1)

_threads = [threading.Thread(target=_call, args=(kfp_client,), daemon=True) for _ in range(3)]
for _thread in _threads:
    _thread.start()
"""

END = """
_ended.set()
for _thread in _threads:
    _thread.join(30)
"""
