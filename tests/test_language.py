"""A second language is a folder: the same codes, the same places for numbers, the same care in what is said."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest

from gaitcheck.report.content import Writer
from gaitcheck.report.content.localised import localised
from gaitcheck.wording import Wording, languages, load_wording
from tests import cases

ENGLISH = load_wording("en")
OTHERS = [name for name in languages() if name != "en"]
REFUSED = {
    "de": re.compile(
        r"du hast (eine?n?|das) |deine Verletzung|verursacht (durch|von)|diagnostizier|heilt|geheilt|garantier|"
        r"schmerzfrei (in|wird|werden)|verhindert|bewiesen",
        re.IGNORECASE,
    )
}
LONGEST_MEAN_SENTENCE = {"de": 16.0}
"""Words a sentence of the runner's own part, on average."""


def leaves(table: Any, path: str = "") -> dict[str, Any]:
    """Every text by its place."""
    if isinstance(table, dict):
        return {k: v for key, inner in table.items() for k, v in leaves(inner, f"{path}.{key}").items()}
    if isinstance(table, list):
        return {k: v for n, inner in enumerate(table) for k, v in leaves(inner, f"{path}[{n}]").items()}
    return {path: table}


def places(wording: Wording) -> dict[str, Any]:
    return {k: v for field in fields(wording) for k, v in leaves(getattr(wording, field.name), field.name).items()}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_with_its_numbers(language: str) -> None:
    known, other = places(ENGLISH), places(load_wording(language))
    assert known.keys() == other.keys()
    for place, text in known.items():
        if isinstance(text, str):
            assert set(re.findall(r"{[^}]*}", text)) == set(re.findall(r"{[^}]*}", other[place])), place


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_names_no_diagnosis_and_promises_nothing(language: str) -> None:
    for place, text in places(load_wording(language)).items():
        assert not (isinstance(text, str) and REFUSED[language].search(text)), (place, text)


def _told(name: str, language: str) -> tuple[list[str], list[str]]:
    wording = load_wording(language)
    content = localised(Writer(cases.visit(cases.stories()[name]), wording).write(), wording)
    plan = content.plan
    own = [
        content.headline,
        *content.before_all,
        plan.situation,
        *plan.load,
        plan.offer,
        plan.recovery,
        *(g.sentence for g in content.good),
    ]
    return cases.words(content), [text for text in own if text]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", list(cases.stories()))
def test_a_report_in_another_language_keeps_its_numbers_and_leaves_no_english(name: str, language: str) -> None:
    """But for what studies are called and how they were made."""
    told, own = _told(name, language)
    english, _ = _told(name, "en")
    studies = set(Writer(cases.visit(cases.stories()[name])).write().references)
    for text in told:
        assert not re.search(r"\d\.\d", text) or "[" in text
    ours = " ".join(text for text in told if text.split(":")[0] not in {s.split(":")[0] for s in studies})
    assert not re.search(r"\b(the|your|and|with|from the)\b", " ".join(own)), own
    for text in english:
        assert len(text) < 40 or text in studies or text not in ours
    words = sum(len(text.split()) for text in own)
    sentences = sum(len(re.findall(r"[.!?:](?:\s|$)", text)) or 1 for text in own)
    assert words / sentences < LONGEST_MEAN_SENTENCE[language]


def test_adding_a_language_is_adding_a_folder() -> None:
    for name in languages():
        assert (files("gaitcheck.wording") / name / "report.toml").is_file()
