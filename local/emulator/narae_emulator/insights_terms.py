"""What a query of Logs Insights says."""

from dataclasses import dataclass, field

MOST_ROWS = 10_000


class Malformed(Exception):
    """The query is wrong, or asks for what is not there on a laptop."""


@dataclass(frozen=True)
class Condition:
    """`and`, `or`, `not` of other conditions; or a field with a comparison, `in`, `like` or `ispresent`."""

    kind: str
    operands: tuple = ()
    field: str = ""
    value: object = None


@dataclass(frozen=True)
class Aggregate:
    """`count` without a field counts rows; `argument` is the percentile of `pct`."""

    function: str
    field: str | None
    argument: float | None
    name: str


@dataclass(frozen=True)
class Group:
    """A field, or a bin of time of so many milliseconds."""

    name: str
    bin_ms: int | None


@dataclass
class Query:
    fields: list[str] = field(default_factory=list)
    filters: list[Condition] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    # Name, and whether it descends.
    sort: list[tuple[str, bool]] = field(default_factory=list)
    limit: int = MOST_ROWS
