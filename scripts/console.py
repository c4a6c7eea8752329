"""Tell a person what is going on, line by line."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Console:
    """Prints lines that carry the time since the start, from any thread."""

    _started: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, who: str, text: str) -> None:
        """Print one line, or a block, that belongs to one part of the work."""
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        with self._lock:
            print(f"[{minutes:2}:{seconds:02}] {who}: {text}", flush=True)
