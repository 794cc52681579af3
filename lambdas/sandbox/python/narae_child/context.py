"""What handlers get as their second argument."""

import time


class Context:
    """Its fields are those of the run's order, for example `invocationId` or `memoryMb`."""

    def __init__(self, fields, deadline):
        self.__dict__.update(fields)
        self.get_remaining_time_ms = lambda: max(0, int((deadline - time.monotonic()) * 1000))

    def __repr__(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if not callable(value))
        return f"Context({fields})"
