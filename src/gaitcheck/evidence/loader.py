"""Loading the evidence, and refusing what has no source and sources that nobody cites.

Adding a norm, a drill, an exercise, a home test, a red flag, a cause, a treatment or a statement is
adding a TOML file to its folder, and one with its words to ``wording/``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import ValidationError

from gaitcheck.checked import Checked
from gaitcheck.evidence import schema as s
from gaitcheck.metrics import all_metrics


class Evidence(Checked):
    """All of it. Dictionaries are by name, in the order their files declare."""

    sources: dict[str, s.Source]
    norms: dict[str, s.Norm]
    risk_factors: dict[str, s.RiskFactorDefinition]
    drills: dict[str, s.Drill]
    exercises: dict[str, s.Exercise]
    home_tests: dict[str, s.HomeTest]
    red_flags: dict[str, s.RedFlag]
    signs: dict[str, s.Sign]
    causes: dict[str, s.Cause]
    treatments: dict[str, s.Treatment]
    statements: dict[str, s.Statement]
    expectations: s.Expectations
    pain_rule: s.PainRule
    ladder: s.Ladder
    load_spike: s.LoadSpike
    retraining: s.Retraining
    time_course: s.TimeCourse
    checkin_rules: s.CheckinRules
    attention: s.Attention
    landing: s.LandingKinds

    @property
    def leading(self) -> tuple[str, ...]:
        """The metrics that decide a risk factor's rating, in the order of the risk factors."""
        return tuple(dict.fromkeys(name for factor in self.risk_factors.values() for name in factor.leading))

    @property
    def asked_flags(self) -> tuple[str, ...]:
        """The warning signs that are asked about."""
        return tuple(name for name, flag in self.red_flags.items() if flag.asked)

    def drills_for(self, risk_factor: str) -> list[s.Drill]:
        """Drills for a risk factor, the first to try first."""
        found = [drill for drill in self.drills.values() if risk_factor in drill.risk_factors]
        return sorted(found, key=lambda drill: (drill.order, drill.name))

    def sourced(self) -> Iterator[tuple[str, str, s.Sourced]]:
        """Every (kind, name, table) that cites something."""
        for kind in type(self).model_fields:
            value = getattr(self, kind)
            if isinstance(value, s.Sourced):
                yield kind, kind, value
            elif kind != "sources":
                yield from ((kind, name, table) for name, table in value.items())


class EvidenceError(ValueError):
    """The evidence files contradict themselves."""


Table = TypeVar("Table", bound=Checked)


def _read(item: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(item.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise EvidenceError(f"{item.name}: {error}") from error


def _make(kind: type[Table], table: dict[str, Any], where: str) -> Table:
    try:
        return kind(**table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EvidenceError(f"{where}: {place}: {first['msg']}") from error


def _folder(root: Traversable, name: str, kind: type[Table], key: str = "name") -> dict[str, Table]:
    """Every table of a folder by its own name, which must be its file's."""
    found = {}
    for item in sorted((root / name).iterdir(), key=lambda i: i.name):
        if not item.name.endswith(".toml"):
            continue
        table = _make(kind, _read(item), f"{name}/{item.name}")
        stem = item.name.removesuffix(".toml")
        if getattr(table, key) != stem:
            raise EvidenceError(f"{name}/{item.name}: its {key} is not {stem}")
        found[stem] = table
    return dict(sorted(found.items(), key=lambda pair: (getattr(pair[1], "order", 0), pair[0])))


def check(evidence: Evidence, cited_elsewhere: Iterable[str] = ()) -> None:
    """Refuse what cites an unknown source, and a source that nobody cites.

    Raises
    ------
    EvidenceError
        Naming them.
    """
    cited = {key for _, _, table in evidence.sourced() for key in table.sources}
    unknown = cited - set(evidence.sources)
    if unknown:
        raise EvidenceError(f"cited but not in sources.toml: {', '.join(sorted(unknown))}")
    idle = set(evidence.sources) - cited - set(cited_elsewhere)
    if idle:
        raise EvidenceError(f"in sources.toml but cited by nobody: {', '.join(sorted(idle))}")


def read_evidence(root: Traversable) -> Evidence:
    """The evidence in a folder, not yet checked.

    Raises
    ------
    EvidenceError
        If a file is no TOML, lacks a field, or has no source.
    """

    def single(name: str, kind: type[Table]) -> Table:
        return _make(kind, _read(root / f"{name}.toml"), f"{name}.toml")

    sources = {
        key: _make(s.Source, table, f"sources.toml: {key}") for key, table in _read(root / "sources.toml").items()
    }
    return Evidence(
        sources=sources,
        norms=_folder(root, "norms", s.Norm, "metric"),
        risk_factors=_folder(root, "risk_factors", s.RiskFactorDefinition),
        drills=_folder(root, "drills", s.Drill),
        exercises=_folder(root, "exercises", s.Exercise),
        home_tests=_folder(root, "home_tests", s.HomeTest),
        red_flags=_folder(root, "red_flags", s.RedFlag),
        signs=_folder(root, "signs", s.Sign),
        causes=_folder(root, "causes", s.Cause),
        treatments=_folder(root, "treatments", s.Treatment),
        statements=_folder(root, "statements", s.Statement),
        expectations=single("expectations", s.Expectations),
        pain_rule=single("pain_rule", s.PainRule),
        ladder=single("ladder", s.Ladder),
        load_spike=single("load_spike", s.LoadSpike),
        retraining=single("retraining", s.Retraining),
        time_course=single("time_course", s.TimeCourse),
        checkin_rules=single("checkin_rules", s.CheckinRules),
        attention=single("attention", s.Attention),
        landing=single("landing", s.LandingKinds),
    )


@lru_cache(maxsize=1)
def load_evidence() -> Evidence:
    """The evidence shipped with this version, checked against what metrics cite too."""
    evidence = read_evidence(files("gaitcheck.evidence"))
    check(evidence, {key for metric in all_metrics() for key in metric.source_keys})
    return evidence
