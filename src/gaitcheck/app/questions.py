"""The questions of ``gaitcheck intake`` as pages: one group a page, warning signs first, every one may be skipped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from gaitcheck.advice.intake import TABLES, check_answer, check_intake, check_test_result
from gaitcheck.evidence import load_evidence
from gaitcheck.interview import bounds_of, kind_of, parse_answer, parse_number
from gaitcheck.wording import Wording

FLAGS, TRIALS, TESTS = "red_flags", "trial", "tests"
ELSEWHERE = {"you": ("sex", "height_cm", "speed_kmh")}
"""Asked with the films already."""


@dataclass(frozen=True)
class Choice:
    """One way to answer."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One question, ready to draw: kind is yes_no, choice, number or text."""

    name: str
    label: str
    kind: Literal["yes_no", "choice", "number", "text"]
    hint: str
    value: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Group:
    """The questions of one page; ``name`` is also the table of their answers in a file."""

    name: str

    def title(self, wording: Wording) -> str:
        """Above the questions."""
        words = wording.app["questions"]
        return str(words.get(self.name) or wording.intake["tables"].get(self.name, self.name))

    def intro(self, wording: Wording) -> str:
        """What must be said first."""
        return str(wording.app["questions"].get(f"{self.name}_intro", ""))

    def _asked(self) -> dict[str, FieldInfo]:
        left = ELSEWHERE.get(self.name, ())
        return {key: field for key, field in TABLES[self.name].model_fields.items() if key not in left}

    def names(self) -> tuple[str, ...]:
        """Fields of the form."""
        evidence = load_evidence()
        if self.name == FLAGS:
            return evidence.asked_flags
        if self.name == TRIALS:
            return tuple(evidence.drills)
        if self.name == TESTS:
            return tuple(f"{name}.{side}" for name, test in evidence.home_tests.items() for side in _sides(test.sides))
        return tuple(self._asked())

    def fields(
        self, wording: Wording, answers: dict[str, dict[str, Any]], typed: dict[str, list[str]] | None = None
    ) -> list[Field]:
        """Questions with what was answered, or typed, before."""
        known = answers.get(self.name, {})

        def before(name: str) -> str:
            if typed is not None:
                return typed.get(name, [""])[0]
            value = known.get(name)
            if self.name == TESTS:
                test, _, side = name.partition(".")
                value = known.get(test, {}).get(side)
            return "" if value is None else _plain(value)

        return [self._field(name, before(name), wording) for name in self.names()]

    def _field(self, name: str, value: str, wording: Wording) -> Field:
        words, evidence = wording.app["questions"], load_evidence()
        if self.name == FLAGS:
            text = wording.red_flags[name]
            return _yes_no(name, text[:1].upper() + text[1:], value, words)
        if self.name == TRIALS:
            return _yes_no(name, wording.named("drills", name), value, words)
        number = wording.intake["text"]["number"]
        if self.name == TESTS:
            test, _, side = name.partition(".")
            about, title = evidence.home_tests[test], wording.named("home_tests", test)
            label = (
                title
                if side == "both"
                else wording.intake["text"]["side"].format(title=title, side=wording.words[side])
            )
            return Field(
                name, label, "number", number.format(low=f"{about.lowest:g}", high=f"{about.highest:g}"), value
            )
        field, label = self._asked()[name], wording.question(f"{self.name}.{name}")
        kind = kind_of(field)
        if kind is bool:
            return _yes_no(name, label, value, words)
        if get_origin(kind) is Literal:
            told = [(str(c), wording.intake["choices"].get(str(c), str(c))) for c in get_args(kind)]
            choices = tuple(Choice(code, shown, code == value) for code, shown in told)
            return Field(name, label, "choice", "", value, choices)
        if kind is str:
            return Field(name, label, "text", "", value)
        bounds = bounds_of(field)
        hint = "" if bounds is None else number.format(low=f"{bounds[0]:g}", high=f"{bounds[1]:g}")
        return Field(name, label, "number", hint, value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sides(sides: str) -> tuple[str, ...]:
    return ("both",) if sides == "both" else ("left", "right")


def _yes_no(name: str, label: str, value: str, words: dict[str, str]) -> Field:
    choices = tuple(Choice(code, words[code], code == value) for code in ("yes", "no"))
    return Field(name, label, "yes_no", "", value, choices)


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """All pages, warning signs first."""
    return tuple(Group(name) for name in (FLAGS, *TABLES, TRIALS, TESTS))


def answers_of(group: Group, told: dict[str, list[str]], wording: Wording) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form answers, and for each answer that can't be right, a sentence."""
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    evidence = load_evidence()
    for name in group.names():
        text = told.get(name, [""])[0].strip()
        if not text:
            continue
        if group.name in (FLAGS, TRIALS):
            if text in ("yes", "no"):
                answers[name] = text == "yes"
            continue
        if group.name == TESTS:
            test, _, side = name.partition(".")
            value = parse_number(text)
            fault = check_test_result(test, side, value, evidence)
            if fault is None and isinstance(value, float):
                answers.setdefault(test, {})[side] = value
            elif fault is not None:
                problems[name] = wording.problem(fault.code, fault.path, fault.parameters)
            continue
        field = TABLES[group.name].model_fields[name]
        answer: object = (
            text == "yes" if kind_of(field) is bool and text in ("yes", "no") else parse_answer(text, field, wording)
        )
        try:
            answers[name] = check_answer(group.name, name, answer)
        except ValidationError:
            _, found = check_intake({group.name: {name: answer}}, evidence)
            problems[name] = wording.problem(
                found[0].code, wording.question(f"{group.name}.{name}"), found[0].parameters
            )
    return answers, problems
