"""Problems of a receipt as the database and the answers to senders hold them."""

from collections.abc import Iterable
from dataclasses import asdict

import orjson

from schemas.event_type import JsonObject
from schemas.receipts import Problem


def problem_json(problem: Problem) -> JsonObject:
    """A problem as a JSON object."""
    return asdict(problem)


def problem_list(problems: Iterable[Problem]) -> list[JsonObject]:
    """Problems as a JSON array."""
    return [problem_json(problem) for problem in problems]


def write_problems(problems: Iterable[Problem]) -> str:
    """Problems as JSON text."""
    return orjson.dumps(problem_list(problems)).decode()


def read_problems(stored: Iterable[JsonObject]) -> tuple[Problem, ...]:
    """Problems from parsed JSON."""
    return tuple(Problem(**stated) for stated in stored)
