"""Times: seconds that never go back, and the epoch's milliseconds."""

import time

monotonic = time.monotonic


def epoch_ms():
    return time.time_ns() // 1_000_000
