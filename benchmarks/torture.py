"""Tries to break gaitcheck, counts what happened, and goes on where it was stopped.

    python benchmarks/torture.py FOLDER                     # everything that is not there yet
    python benchmarks/torture.py FOLDER --only flipped      # groups or cases whose name holds a word
    python benchmarks/torture.py FOLDER --again             # what was wrong, once more
    python benchmarks/torture.py FOLDER --quick             # the part that CI runs
    python benchmarks/torture.py FOLDER --write             # and the table into docs/reliability.md

A case is right if gaitcheck did what it should, refused if it said in one sentence what is wrong and what to do and
left nothing behind, else wrong. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

os.environ.setdefault("LP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import torture_clips
import torture_cluster
import torture_crash
import torture_faults
import torture_files
import torture_long
from torture_case import ROOT, Case, Verdict, table

GROUPS = (
    torture_clips.cases, torture_crash.cases, torture_faults.cases, torture_cluster.cases, torture_files.cases,
    torture_long.cases,
)  # fmt: skip
PAGE = ROOT / "docs" / "reliability.md"
MARKS = ("<!-- torture: begin -->\n", "<!-- torture: end -->")


def every_case(scratch: Path) -> list[Case]:
    """Cases of every group, in order."""
    found = [case for cases in GROUPS for case in cases(scratch)]
    names = [(case.group, case.name) for case in found]
    assert len(set(names)) == len(names), "two cases of one name"
    return found


def tried(case: Case, scratch: Path) -> tuple[Verdict, float]:
    """A case's verdict and its seconds."""
    folder = Path(tempfile.mkdtemp(prefix=f"{case.group.replace(' ', '_')}-{case.name[:40]}-", dir=scratch))
    started = time.monotonic()
    try:
        verdict = case.run(folder)
    except Exception:
        verdict = Verdict("wrong", "the trial itself failed: " + traceback.format_exc(limit=-3))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return verdict, time.monotonic() - started


def known(path: Path) -> dict[str, Verdict]:
    """Verdicts of earlier runs; the last one of a case counts."""
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return {row["case"]: Verdict(row["what"], row["said"]) for row in rows}


def key(case: Case) -> str:
    """What a case is kept under."""
    return f"{case.group}/{case.name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--again", action="store_true", help="try again what was wrong")
    parser.add_argument("--quick", action="store_true", help="the part that CI runs")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    kept = options.folder / "verdicts.jsonl"
    cases = [c for c in every_case(options.folder) if options.only in key(c) and (c.quick or not options.quick)]
    verdicts = known(kept)
    done = {name for name, verdict in verdicts.items() if not (options.again and verdict.what == "wrong")}
    open_cases = [case for case in cases if key(case) not in done]
    with ThreadPoolExecutor(options.jobs) as pool, kept.open("a", encoding="utf-8") as record:
        running = {pool.submit(tried, case, options.folder): case for case in open_cases}
        for number, future in enumerate(as_completed(running), start=1):
            case, (verdict, seconds) = running[future], future.result()
            verdicts[key(case)] = verdict
            row = {"case": key(case), "what": verdict.what, "said": verdict.said, "seconds": round(seconds, 1)}
            record.write(json.dumps(row, ensure_ascii=False) + "\n")
            record.flush()
            text = verdict.said.replace("\n", " ")[:300]
            print(f"{number}/{len(running)} {verdict.what:8s} {key(case)} ({seconds:.0f} s): {text}", file=sys.stderr)
    known_so_far = [(case.group, verdicts[key(case)].what if key(case) in verdicts else "") for case in cases]
    counted = table("group", known_so_far)
    print(counted)
    wrong = [key(case) for case in cases if key(case) in verdicts and verdicts[key(case)].what == "wrong"]
    if options.write:
        head, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
        PAGE.write_text(f"{head}{MARKS[0]}{counted}\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
