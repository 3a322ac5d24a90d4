"""What a test has found: a line for each, and how many there were."""


class Checks:
    def __init__(self, about):
        self.about = about
        self.lines = []
        self.n_failed = 0

    @property
    def n_passed(self):
        return len(self.lines) - self.n_failed

    def holds(self, holds, what, seen=None):
        """Notes whether it holds; goes on either way."""
        if holds:
            self.lines.append(f"ok - {self.about}: {what}")
        else:
            self.n_failed += 1
            self.lines.append(f"not ok - {self.about}: {what}; seen: {seen}")
        return holds

    def must(self, holds, what, seen=None):
        """The same where the rest would mean nothing without it."""
        if not self.holds(holds, what, seen):
            raise Stop

    def same(self, seen, wanted, what):
        return self.holds(seen == wanted, what, f"{seen!r}; wanted: {wanted!r}")


class Stop(Exception):
    """The rest of a test would mean nothing."""
