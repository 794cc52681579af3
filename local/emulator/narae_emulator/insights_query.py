"""Reads a query of Logs Insights into commands: of the language, what the saved queries use, and an error for all else."""

import re

from .insights_terms import MOST_ROWS, Aggregate, Condition, Group, Malformed, Query

TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`[^`]+`)
    |(?P<pattern>(?<=like\s)/(?:[^/\\]|\\.)+/i?)
    |(?P<number>-?\d+(?:\.\d+)?(?:ms|[smhd])?(?![\w.]))
    |(?P<name>[@A-Za-z_][\w@.]*)
    |(?P<sign><=|>=|!=|[=<>|()\[\],*])""",
    re.VERBOSE,
)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
FUNCTIONS = ("count", "count_distinct", "sum", "avg", "min", "max", "pct", "latest")
UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
COMMANDS = ("fields", "filter", "stats", "sort", "limit")


def parse(text: str) -> Query:
    """@throws Malformed"""
    return Parser(text).query()


class Parser:
    def __init__(self, text: str):
        self._tokens = list(tokens_of(text))
        self._at = 0

    def query(self) -> Query:
        query = Query()
        while True:
            command = self._take("name")
            if command.lower() not in COMMANDS:
                raise Malformed(f"The command {command} is not known here; known are {', '.join(COMMANDS)}.")
            getattr(self, f"_{command.lower()}")(query)
            if self._peek() is None:
                return query
            self._expect("|")

    def _fields(self, query: Query) -> None:
        query.fields += self._separated(self._field)

    def _filter(self, query: Query) -> None:
        query.filters.append(self._any())

    def _stats(self, query: Query) -> None:
        if query.aggregates:
            raise Malformed("A second stats is not known here.")
        query.aggregates = self._separated(self._aggregate)
        if self._skip_word("by"):
            query.groups = self._separated(self._group)

    def _sort(self, query: Query) -> None:
        query.sort = self._separated(self._order)

    def _limit(self, query: Query) -> None:
        query.limit = min(int(float(self._take("number"))), MOST_ROWS)

    def _order(self) -> tuple[str, bool]:
        name = self._field()
        if self._skip_word("desc"):
            return name, True
        self._skip_word("asc")
        return name, False

    def _aggregate(self) -> Aggregate:
        start = self._at
        function = self._take("name")
        if function not in FUNCTIONS:
            raise Malformed(f"The function {function} is not known here; known are {', '.join(FUNCTIONS)}.")
        self._expect("(")
        field_name = None if self._skip("*") else self._field()
        if field_name is None and function != "count":
            raise Malformed(f"{function} needs a field.")
        argument = None
        if function == "pct":
            self._expect(",")
            argument = float(self._take("number"))
        self._expect(")")
        written = "".join(text for _, text in self._tokens[start : self._at])
        return Aggregate(function, field_name, argument, self._alias(written))

    def _group(self) -> Group:
        if self._peek() == ("name", "bin") and self._peek(1) == ("sign", "("):
            self._at += 2
            width = self._take("number")
            self._expect(")")
            amount = re.fullmatch(r"(\d+)(ms|[smhd])", width)
            if not amount:
                raise Malformed(f"bin({width}) is not a width of time.")
            return Group(self._alias(f"bin({width})"), int(amount[1]) * UNIT_MS[amount[2]])
        return Group(self._field(), None)

    def _alias(self, otherwise: str) -> str:
        return self._field() if self._skip_word("as") else otherwise

    def _any(self) -> Condition:
        operands = [self._all()]
        while self._skip_word("or"):
            operands.append(self._all())
        return operands[0] if len(operands) == 1 else Condition("or", tuple(operands))

    def _all(self) -> Condition:
        operands = [self._one()]
        while self._skip_word("and"):
            operands.append(self._one())
        return operands[0] if len(operands) == 1 else Condition("and", tuple(operands))

    def _one(self) -> Condition:
        if self._skip_word("not"):
            return Condition("not", (self._one(),))
        if self._skip("("):
            inner = self._any()
            self._expect(")")
            return inner
        if self._peek() == ("name", "ispresent"):
            self._at += 1
            self._expect("(")
            name = self._field()
            self._expect(")")
            return Condition("ispresent", field=name)
        name = self._field()
        if self._skip_word("not"):
            return Condition("not", (self._test(name),))
        return self._test(name)

    def _test(self, name: str) -> Condition:
        if self._skip_word("in"):
            self._expect("[")
            values = self._separated(self._literal)
            self._expect("]")
            return Condition("in", field=name, value=tuple(values))
        if self._skip_word("like"):
            return Condition("like", field=name, value=self._pattern())
        sign = self._take("sign")
        if sign not in COMPARISONS:
            raise Malformed(f"A comparison is missing after {name}.")
        return Condition(sign, field=name, value=self._literal())

    def _pattern(self) -> re.Pattern:
        kind, text = self._next()
        if kind == "string":
            return re.compile(re.escape(unquoted(text)))
        if kind != "pattern":
            raise Malformed("After like comes a string or a /pattern/.")
        body, _, flag = text[1:].rpartition("/")
        try:
            return re.compile(body, re.IGNORECASE if flag == "i" else 0)
        except re.error as error:
            raise Malformed(f"/{body}/ is not a pattern: {error}") from error

    def _literal(self) -> str | float:
        kind, text = self._next()
        if kind == "string":
            return unquoted(text)
        if kind == "number":
            return float(text)
        raise Malformed(f"{text} is not a value: only strings and numbers are compared with.")

    def _field(self) -> str:
        kind, text = self._next()
        if kind == "quoted":
            return text[1:-1]
        if kind != "name":
            raise Malformed(f"{text} stands where a field was expected.")
        return text

    def _separated(self, one) -> list:
        found = [one()]
        while self._skip(","):
            found.append(one())
        return found

    def _peek(self, ahead: int = 0):
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        if token is None:
            raise Malformed("The query ends where more was expected.")
        self._at += 1
        return token

    def _take(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise Malformed(f"{text} stands where a {kind} was expected.")
        return text

    def _skip(self, sign: str) -> bool:
        if self._peek() != ("sign", sign):
            return False
        self._at += 1
        return True

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            token = self._peek()
            raise Malformed(f"{token[1] if token else 'The end'} stands where {sign} was expected.")

    def _skip_word(self, word: str) -> bool:
        token = self._peek()
        if token is None or token[0] != "name" or token[1].lower() != word:
            return False
        self._at += 1
        return True


def tokens_of(text: str):
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Malformed(f"This cannot be read: {text[at:at + 30]}")
        at = match.end()
        if match.lastgroup != "space":
            yield match.lastgroup, match.group()


def unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
