"""Documents written from the code and the benchmark's values: ``python -m tests.dictionary``.

The document's dictionary and schema from its own models; the page of metrics from their docstrings, norms and errors.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from gaitcheck.advice.intake import TABLES
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import load_evidence
from gaitcheck.metrics import all_metrics
from gaitcheck.uncertainty import load_error_model
from gaitcheck.wording import load_wording

DOCS = Path(__file__).resolve().parents[1] / "docs"
OPENING = """# The document

Every field of `analysis.json`, part by part; [analysis.schema.json](analysis.schema.json) is the same as JSON Schema.
The document holds names and codes, never sentences: those are in `src/gaitcheck/wording/`.
`gaitcheck.load(folder).document` has the same fields.
"""


def schema() -> dict[str, Any]:
    """The document's JSON Schema; every answer is described by the question it answers."""
    made = Analysis.model_json_schema()
    wording = load_wording()
    for table, model in TABLES.items():
        name = next(n for n in made["$defs"] if n == model.__name__ or n.endswith(f"intake__{model.__name__}"))
        for key, field in made["$defs"][name]["properties"].items():
            field["description"] = wording.question(f"{table}.{key}")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return made


def _title(name: str) -> str:
    """A part's heading; two parts of one name are told apart by where they belong."""
    parts = name.split("__")
    return parts[-1] if len(parts) == 1 else f"{parts[-1]} of {parts[-2]}"


def _kind(field: dict[str, Any]) -> str:
    """A field's type in a few words."""
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"])
    if "$ref" in field:
        name = _title(field["$ref"].rsplit("/", 1)[-1])
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}" if "items" in field else "list"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return f"by name: {_kind(inner)}" if isinstance(inner, dict) else "table"
    plain = {
        "number": "number",
        "integer": "whole number",
        "string": "text",
        "boolean": "true or false",
        "null": "null",
    }
    return plain.get(field.get("type", ""), "any") + (f" ({field['format']})" if "format" in field else "")


def document() -> str:
    """The dictionary as Markdown."""
    made = schema()
    lines = [OPENING]
    for name, part in {"Analysis": made, **made["$defs"]}.items():
        if "properties" not in part:
            continue
        title = _title(name)
        about = " ".join(part.get("description", "").split())
        lines += [f"## {title}", "", *([about, ""] if about else []), "| field | is | type |", "|---|---|---|"]
        for key, field in part["properties"].items():
            said = field.get("description") or made["$defs"][field["$ref"].rsplit("/", 1)[-1]]["description"]
            lines.append(f"| `{key}` | {' '.join(said.split()).replace('|', chr(92) + '|')} | {_kind(field)} |")
        lines.append("")
    lines += ["## Reasons", "", "Why a metric has no value (`reason`).", "", "| code | says |", "|---|---|"]
    lines += [f"| `{code}` | {' '.join(said.split())} |" for code, said in load_wording().reasons.items()]
    return "\n".join(lines) + "\n"


METRICS_OPENING = """# What is measured, and how well

Every metric with its definition, what biases it, the norm it is rated by, and its errors on rendered runners of
held-out bodies, on which no choice rests (`docs/accuracy.csv`). [Validation](validation.md) has realistic runners,
motion capture and another generator, and what none of them can tell: no clip is a filmed human with motion capture.
MAE is the mean absolute error, "inside" the share of 95 % intervals that hold the truth.
"""
SHOWN = {
    "leg_length": ("% of leg length", 100.0),
    "fraction": ("%", 100.0),
    "deg": ("°", 1.0),
    "per_min": ("/min", 1.0),
}


def _parts(text: str) -> dict[str, str]:
    """A metric's docstring by its headings; what stands before the first is the definition."""
    found: dict[str, str] = {"": ""}
    name = ""
    for line in text.strip().split("\n")[1:]:
        head = re.match(r"(Drawing|Unit|Sign|Biased by|Source of the definition|Notes?): ?(.*)", line)
        if head:
            name, line = head[1], head[2]
        found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found


def _errors(metric: str, unit: str) -> list[str]:
    table = pd.read_csv(DOCS / "accuracy.csv")
    own = table[(table["metric"] == metric) & (table["group"] == "held_out")]
    own = own.assign(view=own["view"].replace({"left": "beside", "right": "beside"}))
    name, scale = SHOWN.get(unit, (unit, 1.0))
    rows, withheld = [], []
    for view, values in own.groupby("view", sort=False):
        entry = load_error_model().entry(metric, str(values["clip"].iloc[0].split("_")[2]), True)
        if entry is not None and not entry.usable:
            withheld += ["", f"From {view} it is measured and not shown: hips seen so don't follow the pelvis."]
            continue
        error = scale * (values["value"] - values["truth"])
        inside = ((values["low"] <= values["truth"]) & (values["truth"] <= values["high"])).mean()
        half = scale * ((values["high"] - values["low"]) / 2).median()
        rows.append(
            f"| {view} | {len(values)} | {error.mean():.1f} | {error.abs().mean():.1f} | "
            f"{error.mean() - 1.96 * error.std():.1f} to {error.mean() + 1.96 * error.std():.1f} | ± {half:.1f} | "
            f"{100 * inside:.0f} % |"
        )
    if not rows:
        return ["No rendered truth was held out for it."]
    head = "| seen from | n | bias | MAE | limits of agreement | interval (median) | inside |"
    return [f"Errors, {name}:", "", head, "|---|---|---|---|---|---|---|", *rows, *withheld]


def metrics() -> str:
    """The page of metrics as Markdown."""
    wording, evidence = load_wording(), load_evidence()
    lines = [METRICS_OPENING]
    for metric in all_metrics():
        parts = _parts(sys.modules[metric.compute.__module__].__doc__ or "")
        lines += [f"## {wording.title(metric.name)}", "", f"`{metric.name}`. {parts['']}", ""]
        lines += [f"- {name}: {parts[name]}" for name in ("Drawing", "Unit", "Sign", "Biased by") if name in parts]
        lines.append(f"- Definition: {parts.get('Source of the definition', 'heuristic')}")
        norm = evidence.norms.get(metric.name)
        if norm is None:
            lines.append("- Norm: none was found; it is not rated")
        else:
            lines.append(
                f"- Norm: {', '.join(f'`{key}`' for key in norm.sources)} (`gaitcheck evidence {metric.name}`)"
            )
        lines += ["", *_errors(metric.name, metric.unit), ""]
    return "\n".join(lines)


def written() -> dict[Path, str]:
    """What stands in each file."""
    text = json.dumps(schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return {DOCS / "document.md": document(), DOCS / "analysis.schema.json": text, DOCS / "metrics.md": metrics()}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
