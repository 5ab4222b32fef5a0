"""Asking in the terminal: one question at a time, every one skippable, answers checked as they come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
import tomli_w
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from gaitcheck.advice.intake import TABLES, check_answer, check_intake, check_test_result
from gaitcheck.analysis.store import check_file_target, write_whole
from gaitcheck.errors import UsageError
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.wording import Wording, load_wording

Ask = Callable[[str], str]
Say = Callable[[str], None]


def kind_of(field: FieldInfo) -> Any:
    """The answer's type, without the None that skipping leaves."""
    kinds = [kind for kind in get_args(field.annotation) if kind is not type(None)]
    kind = kinds[0] if kinds else field.annotation
    return get_args(kind)[0] if get_origin(kind) not in (None, Literal) and kind is not bool else kind


def bounds_of(field: FieldInfo) -> tuple[float, float] | None:
    found: dict[str, float] = {}
    candidates = [*field.metadata]
    for kind in get_args(field.annotation):
        for item in getattr(kind, "__metadata__", ()):
            candidates += getattr(item, "metadata", [item])
    for item in candidates:
        if isinstance(item, annotated_types.Ge):
            found["ge"] = float(str(item.ge))
        if isinstance(item, annotated_types.Le):
            found["le"] = float(str(item.le))
    return (found["ge"], found["le"]) if len(found) == 2 else None


def parse_number(text: str) -> float | str:
    """A number written with any script's digits and either decimal sign, or the text itself."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.strip())
    # 1,040 may be a thousand and forty or one and a bit: it is refused, not guessed.
    if not re.fullmatch(r"[+-]?[0-9]{1,7}([.,][0-9]{1,6})?", plain) or re.fullmatch(r"[0-9]{1,3},[0-9]{3}", plain):
        return text
    return float(plain.replace(",", "."))


def _truth(text: str, wording: Wording) -> bool | None:
    lowered, words = text.strip().lower(), wording.intake["text"]
    return True if lowered in words["yes"].split() else False if lowered in words["no"].split() else None


def parse_answer(text: str, field: FieldInfo, wording: Wording) -> object:
    """What a typed line means for a question; what it can't mean is left for the check to refuse."""
    kind = kind_of(field)
    if kind is bool:
        truth = _truth(text, wording)
        return text if truth is None else truth
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        number = parse_number(text)
        if isinstance(number, float) and number.is_integer() and 1 <= number <= len(choices):
            return choices[int(number) - 1]
        return next((c for c in choices if c.lower() == text.strip().lower()), text)
    if kind is str:
        return text
    number = parse_number(text)
    if isinstance(number, float) and kind is int and number.is_integer():
        return int(number)
    return number


def _hint(field: FieldInfo, wording: Wording) -> str:
    kind, words = kind_of(field), wording.intake["text"]
    if kind is bool:
        return str(words["yes_no"])
    if get_origin(kind) is Literal:
        names = [wording.intake["choices"].get(str(c), str(c)) for c in get_args(kind)]
        return ", ".join(f"{k + 1} {name}" for k, name in enumerate(names))
    bounds = bounds_of(field)
    return "" if bounds is None else str(words["number"].format(low=f"{bounds[0]:g}", high=f"{bounds[1]:g}"))


class Interview:
    """Asks, checks, collects. ``ask`` gives a line for a prompt; ``say`` prints one."""

    def __init__(self, ask: Ask, say: Say, wording: Wording | None = None, evidence: Evidence | None = None) -> None:
        self._ask, self._say = ask, say
        self._wording, self._evidence = wording or load_wording(), evidence or load_evidence()

    def _line(self, question: str, hint: str) -> str:
        try:
            return self._ask(f"{question} [{hint}]: " if hint else f"{question}: ").strip()
        except (EOFError, UnicodeDecodeError) as error:
            raise UsageError("The answers ended before the questions; nothing was written.") from error

    def _question(self, table: str, key: str) -> object:
        field, path = TABLES[table].model_fields[key], f"{table}.{key}"
        while line := self._line(self._wording.question(path), _hint(field, self._wording)):
            value = parse_answer(line, field, self._wording)
            try:
                return check_answer(table, key, value)
            except ValidationError:
                _, problems = check_intake({table: {key: value}}, self._evidence)
                self._complain(problems[0].code, path, problems[0].parameters)
        return None

    def _complain(self, code: str, path: str, parameters: dict[str, str]) -> None:
        problem = self._wording.problem(code, path, parameters)
        self._say(self._wording.intake["text"]["again"].format(problem=problem))

    def _yes_or_no(self, question: str, path: str) -> bool | None:
        """An answer to a question of the evidence's, None where it is skipped."""
        while line := self._line(question, self._wording.intake["text"]["yes_no"]):
            truth = _truth(line, self._wording)
            if truth is not None:
                return truth
            self._complain("not_yes_or_no", path, {"value": line[:40]})
        return None

    def _trials(self) -> dict[str, bool]:
        self._say(f"\n{self._wording.intake['tables']['trial']}")
        told = {
            name: self._yes_or_no(self._wording.named("drills", name), f"trial.{name}")
            for name in self._evidence.drills
        }
        return {name: eased for name, eased in told.items() if eased is not None}

    def _flags(self) -> dict[str, bool]:
        self._say(self._wording.intake["text"]["flags"])
        answers = {}
        for name, flag in self._evidence.red_flags.items():
            if not flag.asked:
                continue
            sentence = self._wording.red_flags[name]
            there = self._yes_or_no(sentence[:1].upper() + sentence[1:], f"red_flags.{name}")
            if there is not None:
                answers[name] = there
        return answers

    def _test(self, name: str, side: str) -> float | None:
        test, words = self._evidence.home_tests[name], self._wording.intake["text"]
        title = self._wording.named("home_tests", name)
        title = title if side == "both" else words["side"].format(title=title, side=self._wording.words[side])
        while line := self._line(title, words["number"].format(low=f"{test.lowest:g}", high=f"{test.highest:g}")):
            value = parse_number(line)
            fault = check_test_result(name, side, value, self._evidence)
            if fault is None and isinstance(value, float):
                return value
            if fault is not None:
                self._complain(fault.code, fault.path, fault.parameters)
        return None

    def run(self) -> dict[str, dict[str, Any]]:
        """Every question; only what was answered, by table."""
        self._say(self._wording.intake["text"]["welcome"])
        answers: dict[str, dict[str, Any]] = {"red_flags": self._flags()}
        for table, model in TABLES.items():
            self._say(f"\n{self._wording.intake['tables'][table]}")
            given = {key: self._question(table, key) for key in model.model_fields}
            answers[table] = {key: value for key, value in given.items() if value is not None}
        answers["trial"] = self._trials()
        self._say(f"\n{self._wording.intake['text']['tests']}")
        answers["tests"] = {}
        for name, test in self._evidence.home_tests.items():
            sides = ("both",) if test.sides == "both" else ("left", "right")
            results = {side: self._test(name, side) for side in sides}
            kept = {side: value for side, value in results.items() if value is not None}
            if kept:
                answers["tests"][name] = kept
        return {table: given for table, given in answers.items() if given}


def as_toml(answers: dict[str, dict[str, Any]]) -> str:
    """Answers as the TOML that ``--intake`` reads."""
    return tomli_w.dumps(answers)


def interview_into(path: Path, ask: Ask, say: Say, *, replace: bool = False, language: str = "en") -> None:
    """Ask everything and write the answers; nothing is written before the last question.

    Raises
    ------
    UsageError
        If the file is there already, there is no such language, or the answers end early.
    OutputError
        If it can't be written.
    """
    check_file_target(path, replace=replace)
    answers = Interview(ask, say, load_wording(language)).run()
    write_whole(path, as_toml(answers))
