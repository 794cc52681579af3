"""Learns that a run was cancelled: an address that answers 200 from then on is asked once a second."""

import os
import threading

FIRST_POLL_S = 1
PERIOD_S = 1
# Shorter than the period, so that an answer that hangs does not cost the next one its turn.
POLL_TIMEOUT_S = 0.9


class Cancellation:
    """`fileno()` becomes readable when the run is cancelled. Polls in a thread: TLS and slow peers can block there."""

    def __init__(self, url):
        self._url = url
        self._stop = threading.Event()
        self._told, self._tell = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        # daemon: a poll that hangs must not keep a supervisor that wants to end.
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def fileno(self):
        return self._told

    def close(self):
        """Ends the polling; waits for one that is under way, which its time limit bounds."""
        self._stop.set()
        self._thread.join()
        os.close(self._told)
        os.close(self._tell)

    def _poll(self):
        wait = FIRST_POLL_S
        while not self._stop.wait(wait):
            wait = PERIOD_S
            if self._is_cancelled():
                os.write(self._tell, b"\0")
                return

    def _is_cancelled(self):
        from .fetch import get

        try:
            return get(self._url, POLL_TIMEOUT_S, 1024)[0] == 200
        except Exception:  # an answer that can't be had is not a cancel; the next poll comes
            return False
