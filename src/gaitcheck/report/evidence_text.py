"""What stands behind a rating, a drill, a test or a rule, as plain Markdown: for the terminal and docs/evidence.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gaitcheck.errors import UsageError
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.evidence.schema import Limits, Norm, Reference, Sourced
from gaitcheck.report.content.plan_text import dose_text, load_text
from gaitcheck.wording import Wording, load_wording

Lines = list[str]


def _sources(keys: Iterable[str], evidence: Evidence) -> Lines:
    return [
        f"- `{key}`: {evidence.sources[key].citation} (read: {evidence.sources[key].read}; "
        f"strength: {evidence.sources[key].strength})"
        for key in keys
    ]


def _limits(limits: Limits) -> str:
    given = {name.replace("_", " "): value for name, value in limits.model_dump().items() if value is not None}
    return ", ".join(f"{name} {value:g}" for name, value in given.items())


def _reference(reference: Reference) -> str:
    mean = "" if reference.mean is None else f"mean {reference.mean:g}, SD {reference.sd or 0:g}; "
    return f"{mean}{_limits(reference.limits)}"


def _norm(norm: Norm, wording: Wording) -> Lines:
    words = wording.norms[norm.metric]
    lines = [
        f"Population: {words['population']}. Method: {words['method']}; view: {norm.view}"
        + (f"; speed: {words['speed']}." if words["speed"] else "."),
        f"Reference ({norm.unit}): {_reference(norm.reference)}.",
    ]
    lines += [
        f"Reference, {wording.intake['choices'][sex]}: {_reference(group)}." for sex, group in norm.by_sex.items()
    ]
    lines.append(f"Limits: {words['derived']}. Confidence: {norm.confidence}.")
    if norm.smallest_detectable_difference is not None:
        lines.append(f"Smallest detectable difference of 2-D video: {norm.smallest_detectable_difference:g}.")
    return [*lines, *(wording.cautions[code] for code in norm.cautions)]


def _risk_factor(name: str, evidence: Evidence, wording: Wording) -> Lines:
    factor = evidence.risk_factors[name]
    drills = wording.listed(wording.named("drills", d.name) for d in evidence.drills_for(name))
    return [
        wording.risk_factors[name]["meaning"],
        f"Decided by: {wording.listed(wording.title(m) for m in factor.leading)}. Drills: {drills}.",
    ]


def _drill(name: str, evidence: Evidence, wording: Wording) -> Lines:
    text = wording.drills.get(name, {})
    return [f"“{text.get('cue', '')}” {text.get('how', '')} {text.get('stop', '')}"]


def _exercise(name: str, evidence: Evidence, wording: Wording) -> Lines:
    text, levels = wording.exercises.get(name, {}), evidence.exercises[name].levels
    variants = text.get("levels", [""] * len(levels))
    return [
        str(text.get("how", "")),
        *(
            f"Level {k + 1}: {variant} {dose_text(level, wording)}."
            for k, (level, variant) in enumerate(zip(levels, variants, strict=True))
        ),
    ]


def _home_test(name: str, evidence: Evidence, wording: Wording) -> Lines:
    text, test = wording.home_tests.get(name, {}), evidence.home_tests[name]
    return [*(str(text.get(key, "")) for key in ("need", "how", "score", "means")), f"Limits: {test.derived}."]


def _ladder(evidence: Evidence, wording: Wording) -> Lines:
    own = evidence.ladder.own_week
    steps = [
        f"{k}. {load_text(k, evidence, wording)} Of the runner's own kilometres {100 * rung.week_share:.0f} % stay."
        for k, rung in enumerate(evidence.ladder.rungs)
    ]
    return [
        *steps,
        f"Where kilometres were told, the week is scaled from them: {own.more_runs} run more than usual (up to "
        f"{own.most_runs}; on the last step {own.more_easy_runs} more, up to {own.most_easy_runs}), none below "
        f"{own.shortest_run_km:g} km, {100 * own.slower:.0f} % slower (the middle of 10 to 20 %); minutes assume "
        f"{own.usual_kmh:g} km/h where no speed is known and {own.walk_kmh:g} km/h in the walks. Shares are heuristic.",
    ]


def _retraining(evidence: Evidence) -> Lines:
    programme = evidence.retraining
    minutes = ", ".join(f"{s.minutes} ({100 * s.feedback:.0f} %)" for s in programme.sessions)
    return [f"{programme.sessions_per_week} sessions a week; minutes (and share with feedback): {minutes}."]


def _rules(evidence: Evidence, wording: Wording) -> Lines:
    head = ["| if | exercise | cue | load |", "|---|---|---|---|"]
    moves = wording.checkin["moves"]
    return head + [
        f"| {wording.checkin['rules'][r.name]} | {moves[r.exercise]} | {moves[r.retraining]} | {moves[r.load]} |"
        for r in evidence.checkin_rules.rules
    ]


def _expectations(evidence: Evidence) -> Lines:
    lines = []
    for name, term in evidence.expectations.terms.items():
        parts = [f"{value:+g} {key}" for key, value in term.model_dump().items() if value and key != "constant"]
        lines.append(f"{name} ({evidence.expectations.unit[name]}) = {term.constant:g} {' '.join(parts)}")
    return lines


def _time_course(evidence: Evidence) -> Lines:
    course = evidence.time_course
    rows = [f"{name} (worst pain up to {pain}): {low} to {high} weeks" for name, pain, low, high in course.severities]
    return [f"First gains after about {course.first_gain_weeks} weeks.", *rows]


def _landing(evidence: Evidence) -> Lines:
    kinds = evidence.landing
    return [
        f"Foot angle at contact, toes up positive: heel above {kinds.heel_above:g} degrees, forefoot below "
        f"{kinds.forefoot_below:g}, the middle of the foot between. Described, not rated."
    ]


def _spike(evidence: Evidence) -> Lines:
    return [
        f"Beyond the longest run of 30 days by more than {100 * f:.0f} %: hazard {h:g} ({low:g} to {high:g})"
        for f, h, low, high in evidence.load_spike.steps
    ]


def _pain_rule(evidence: Evidence) -> Lines:
    rule = evidence.pain_rule
    return [
        f"Up to {rule.running_highest} of 10 in running, never above {rule.exercise_highest} of 10 in exercise, "
        f"settled within {rule.settled_within_min} min, not worse next morning."
    ]


def _attention(evidence: Evidence) -> Lines:
    rule = evidence.attention
    weights = ", ".join(f"{strength} {weight:g}" for strength, weight in rule.weights.items())
    trained = ", ".join(f"{strength} {weight:g}" for strength, weight in rule.trainable.items())
    return [
        f"The order of findings and of a board: 0 at the borderline limit, 1 at the limit of concern, at most "
        f"{rule.most:g}, as expected under the value's own uncertainty; {rule.without_limit_of_concern:g} of "
        f"that where there is no limit of concern, one standard deviation between people in its place (or of the "
        f"certainty where that is not known either). Weights by the strength of the norm: {weights}; by that of the "
        f"best drill: {trained}.",
        f"Standing out from a team of {rule.fewest_for_outliers} or more: {rule.outlier_spreads:g} robust standard "
        f"deviations from the median, the near end of the interval {rule.outlier_surely_spreads:g}.",
    ]


def _body(kind: str, name: str, evidence: Evidence, wording: Wording) -> Lines:
    by_kind: dict[str, Callable[[], Lines]] = {
        "norms": lambda: _norm(evidence.norms[name], wording),
        "risk_factors": lambda: _risk_factor(name, evidence, wording),
        "drills": lambda: _drill(name, evidence, wording),
        "exercises": lambda: _exercise(name, evidence, wording),
        "home_tests": lambda: _home_test(name, evidence, wording),
        "red_flags": lambda: [
            f"{wording.red_flags[name]}: {wording.plan['urgency'][evidence.red_flags[name].urgency]}."
        ],
        "causes": lambda: [f"{wording.causes[name]}."],
        "signs": lambda: [wording.signs[name]],
        "treatments": lambda: [wording.treatments[name]],
        "statements": lambda: [wording.statements[name]],
        "ladder": lambda: _ladder(evidence, wording),
        "retraining": lambda: _retraining(evidence),
        "checkin_rules": lambda: _rules(evidence, wording),
        "expectations": lambda: _expectations(evidence),
        "time_course": lambda: _time_course(evidence),
        "load_spike": lambda: _spike(evidence),
        "pain_rule": lambda: _pain_rule(evidence),
        "attention": lambda: _attention(evidence),
        "landing": lambda: _landing(evidence),
    }
    return by_kind[kind]()


def _title(kind: str, name: str, wording: Wording) -> str:
    if kind == "norms":
        return wording.title(name)
    if kind in ("risk_factors", "drills", "exercises", "home_tests"):
        return wording.named(kind, name)
    return name.replace("_", " ").capitalize()


def _entry(kind: str, name: str, table: Sourced, evidence: Evidence, wording: Wording) -> Lines:
    strength = getattr(table, "strength", "")
    body = _body(kind, name, evidence, wording)
    tail = [f"Strength: {strength}."] if strength else []
    text = [*body, *tail]
    if kind == "checkin_rules":
        text = ["\n".join(body), *tail]
    return [
        f"### {_title(kind, name, wording)} (`{name}`)",
        "",
        "\n\n".join(text),
        "",
        *_sources(table.sources, evidence),
        "",
    ]


def evidence_about(name: str) -> str:
    """What stands behind a name: a metric, a fault, a drill, an exercise, a test, a rule or a source.

    Raises
    ------
    UsageError
        If there is nothing of that name.
    """
    evidence, wording = load_evidence(), load_wording()
    lines: Lines = []
    for kind, found, table in evidence.sourced():
        if found == name:
            lines += _entry(kind, found, table, evidence, wording)
    if name in evidence.sources:
        lines += _sources([name], evidence)
        lines.append("")
        lines.append("Cited by: " + ", ".join(found for _, found, table in evidence.sourced() if name in table.sources))
    if not lines:
        raise UsageError(f"There is nothing called {name!r}; gaitcheck evidence without a name lists what there is.")
    return "\n".join(lines)


def evidence_names() -> str:
    """Every name there is something behind, by kind."""
    evidence = load_evidence()
    kinds: dict[str, list[str]] = {}
    for kind, name, _ in evidence.sourced():
        kinds.setdefault(kind, []).append(name)
    kinds["sources"] = list(evidence.sources)
    return "\n".join(f"{kind.replace('_', ' ')}: {', '.join(names)}" for kind, names in kinds.items())


def evidence_document() -> str:
    """Everything, as docs/evidence.md."""
    evidence, wording = load_evidence(), load_wording()
    lines = [
        "# Evidence",
        "",
        "Made by `gaitcheck evidence --all`; the data are in `src/gaitcheck/evidence/`, the words in",
        "`src/gaitcheck/wording/`. Every value, drill, dose and rule names its source; the loader refuses one without.",
        "",
    ]
    last = ""
    for kind, name, table in evidence.sourced():
        if kind != last:
            lines += [f"## {kind.replace('_', ' ').capitalize()}", ""]
            last = kind
        lines += _entry(kind, name, table, evidence, wording)
    lines += ["## Sources", ""]
    lines += _sources(evidence.sources, evidence)
    return "\n".join(lines) + "\n"
