"""What runs leave outside of their scratch folder, in an environment that is ours alone (AWS): a clean /tmp."""

import os
import stat

from . import scratch


class Leftovers:
    def __init__(self, settings):
        self._base = settings.scratch_base
        self._ours = settings.owns_environment
        self._kept = {*(os.listdir(self._base) if self._ours else []), os.path.basename(settings.libraries)}

    def remove(self):
        """Empties /tmp, but for libraries and what was there before the first run. Elsewhere /tmp belongs to others as well."""
        if not self._ours:
            return
        for name in os.listdir(self._base):
            if name in self._kept:
                continue
            path = os.path.join(self._base, name)
            if stat.S_ISDIR(os.lstat(path).st_mode):
                scratch.remove(path)
            else:
                os.unlink(path)
