"""A batch worker whose clips' names say what becomes of them; results are those of a written runner, in no time."""

from __future__ import annotations

import errno
import json
import os
import signal
import time
from typing import Any

from gaitcheck.advice.intake import read_intakes
from gaitcheck.analysis.store import staging
from gaitcheck.errors import RunnerError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet import worker
from gaitcheck.fleet.jobs import Job
from gaitcheck.pipeline import advise_again
from tests import cases

FILES = ("report.pdf", "report.html", "strides.csv", "landmarks.parquet", "proxy.mp4")


def do(job: Job, say: Any) -> dict[str, Any]:
    """Fail as the first clip's name says, or write a document that carries the job's key."""
    name = (job.request.shown_as or [clip.name for clip in job.request.clips])[0]
    say(["stage", "pose", 1, 2])
    if "poison" in name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "once" in name and not job.out.parent.joinpath(".tried").exists():
        job.out.parent.mkdir(parents=True, exist_ok=True)
        job.out.parent.joinpath(".tried").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "slow" in name:
        time.sleep(0.3)
    try:
        if "refused" in name:
            raise RunnerError("Nobody runs here; film somebody.")
        with staging(job.out) as folder:
            if "full" in name:
                raise OSError(errno.ENOSPC, "No space left on device")
            (folder / "analysis.json").write_text(document(job), encoding="utf-8")
            for file in (*FILES, *(f"proxy_{k}.mp4" for k in range(2, len(job.request.clips) + 1))):
                (folder / file).write_text("")
    except RunnerError as error:
        return {"status": "failed", "message": str(error), "storage": False}
    except Exception as error:
        return {"status": "failed", "message": str(error), "storage": worker._no_storage(error)}
    if "bug" in name:
        return {"status": "failed", "fault": "ZeroDivisionError", "trace": "", "storage": False}
    return {"status": "done"}


def document(job: Job) -> str:
    """A document as an analysis of the job would have it."""
    asked = job.request
    analysis = cases.visit(cases.stories()["02_valgus_only"])
    intake, problems = read_intakes(asked.intake, load_evidence())
    if intake is not None:
        analysis = advise_again(analysis, intake, problems, cases.TODAY)
    table = json.loads(analysis.to_json())
    table["athlete"] |= {name: told for name, told in asked.athlete.model_dump().items() if told is not None}
    table["visit"] = asked.visit.model_dump(mode="json")
    names = asked.shown_as or [clip.name for clip in asked.clips]
    table["clips"] = [{**table["clips"][0], "file": name} for name in names]
    table["provenance"]["work_sha256"] = job.work
    return json.dumps(table, sort_keys=True, indent=1) + "\n"


if __name__ == "__main__":
    worker.do = do  # type: ignore[assignment]
    worker.main()
