"""The local page: who comes in, what is refused, whole journeys, and work that outlives its server."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from starlette.testclient import TestClient

from gaitcheck.advice.intake import questions
from gaitcheck.analysis.document import Athlete
from gaitcheck.analysis.store import load
from gaitcheck.app.desk import Desk
from gaitcheck.app.door import cookie_name
from gaitcheck.app.drafts import MOST_CLIPS, Drafts, guessed
from gaitcheck.app.home import open_home
from gaitcheck.app.keys import Keys
from gaitcheck.app.questions import ELSEWHERE, groups
from gaitcheck.app.queue import Queue
from gaitcheck.app.server import Wanted, application, check, hosts_of, running
from gaitcheck.app.site import TEMPLATES, Site
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet.jobs import Job, Outcome
from gaitcheck.fleet.tables import read_table
from gaitcheck.glance import glance
from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.models import model_path
from gaitcheck.request import Request
from gaitcheck.samples import sample_clip
from gaitcheck.video import probe
from gaitcheck.wording import load_wording
from tests.clubs import STUB, cut, tiny_clip

PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"
SAME = {"origin": BASE}


def make_site(root: Path, password: str | None = None) -> Site:
    """A server's parts with workers that need no time."""
    home = open_home(root)
    keys = Keys(home.state / "sessions.sqlite", password)
    queue = Queue(home.root, home.state / "jobs.sqlite", 2, STUB)
    return Site(home, Drafts(home), queue, Desk(), keys, "secret", PORT)


def client_of(site: Site) -> TestClient:
    app = application(site, hosts_of(Wanted(site.home.root), PORT, ()))
    return TestClient(app, base_url=BASE, follow_redirects=False)


def come_in(client: TestClient, site: Site) -> TestClient:
    answer = client.get("/enter", params={"token": site.keys.new_token()})
    assert answer.status_code == 303 and "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    client.headers.update(SAME)
    return client


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "club")


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    with client_of(site) as client:
        yield come_in(client, site)


# ------------------------------------------------------------------ the door


def test_nothing_is_seen_without_a_session(site: Site) -> None:
    with client_of(site) as stranger:
        for path in ("/", "/team", "/jobs", "/club/board.html", "/events", "/nothing", "/films/abcdefghijkl/1/look"):
            assert stranger.get(path).status_code == 401
        assert stranger.get("/", headers={"cookie": f"{cookie_name(PORT)}=guess"}).status_code == 401
        assert stranger.get("/static/app.css").status_code == 200


def test_a_token_opens_once(site: Site) -> None:
    with client_of(site) as one, client_of(make_site(site.home.root.parent / "other")):
        token = site.keys.new_token()
        assert one.get("/enter", params={"token": token}).status_code == 303
        one.cookies.clear()
        assert one.get("/enter", params={"token": token}).status_code == 401
        assert one.get("/enter", params={"token": "x" * 5000}).status_code == 401
        assert one.get("/hello", headers={"x-secret": "wrong"}).status_code == 403
        assert (
            one.get("/enter", params={"token": one.get("/hello", headers={"x-secret": "secret"}).text}).status_code
            == 303
        )


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8123", "127.0.0.1", "127.0.0.1:9", "localhost.evil:8123"]
)
def test_another_name_that_points_here_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:9", "https://127.0.0.1:8123"]
)
def test_a_form_of_another_site_s_does_nothing(site: Site, client: TestClient, origin: str | None) -> None:
    client.headers.pop("origin")
    headers = {} if origin is None else {"origin": origin}
    for path in ("/check", "/team/films", "/team/edit", "/jobs/x/cancel"):
        assert client.post(path, headers=headers, data={"name": "Eve"}).status_code == 403
    assert not list(site.home.films.iterdir())


def test_every_answer_forbids_scripts_of_others(client: TestClient) -> None:
    for path in ("/", "/film", "/team", "/jobs", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own() -> None:
    for item in TEMPLATES.iterdir():
        text = item.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), item.name
        assert not re.search(r"<style|\bstyle=|\son\w+=|javascript:|https?://", text), item.name


def test_beyond_this_machine_a_password_is_needed(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "my-laptop"):
        with pytest.raises(UsageError, match="--password"):
            check(Wanted(tmp_path, host=host))
    with pytest.raises(UsageError, match="8 characters"):
        check(Wanted(tmp_path, host="0.0.0.0", password="short"))
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        check(Wanted(tmp_path, host=host))


def test_a_password_lets_in_and_guessing_is_slowed_down(tmp_path: Path) -> None:
    site = make_site(tmp_path / "club", "long enough")
    with client_of(site) as phone:
        phone.headers.update(SAME)
        assert phone.get("/").headers["location"] == "/login"
        assert phone.post("/login", data={"password": "wrong"}).status_code == 403
        assert phone.post("/login", data={"password": "long enough"}).status_code == 303
        assert phone.get("/").status_code == 200
        for _ in range(6):
            phone.post("/login", data={"password": "guess"})
        assert phone.post("/login", data={"password": "long enough"}).status_code == 403


def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "taxes.xlsx").write_text("")
    with pytest.raises(UsageError):
        open_home(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["taxes.xlsx"]


OUTSIDE = [
    "/club/athletes/../../etc/passwd",
    "/club/athletes/..%2F..%2Fetc/passwd/report.pdf",
    "/club/athletes/%2e%2e/%2e%2e/x",
    "/club/..%2f.gaitcheck%2fserver.json",
    "/club/.gaitcheck",
    "/club/team.json",
    "/club/athletes/Ann/2026-11-03/.hidden",
    "/club/athletes/Ann/2026-11-03/..%2F..%2F..%2Fteam.json",
    "/club/athletes/Ann/2026-11-03/analysis.json%00.pdf",
    "/static/../app.py",
    "/static/..%2fserver.py",
    "/static/fonts/..%2f..%2fwrite.py",
    "/films/..%2f..%2f/1/picture",
    "/compared/..%2f..%2fx/compare.html",
    "/athletes/..%2f../forget",
    "/athletes/./forget",
    "/check/../../x",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(site: Site, client: TestClient, path: str) -> None:
    visit = site.home.athletes / "Ann" / "2026-11-03"
    visit.mkdir(parents=True)
    for name in ("analysis.json", ".hidden", "notes.txt"):
        (visit / name).write_text("{}")
    (site.home.root / "team.json").write_text('{"team": []}')
    assert client.get(path).status_code in (404, 405, 307)
    (visit / "report.pdf").symlink_to("/etc/passwd")
    assert client.get("/club/athletes/Ann/2026-11-03/report.pdf").status_code == 404
    assert client.get("/club/athletes/Ann/2026-11-03/notes.txt").status_code == 404


# ------------------------------------------------------------------ films


def draft_of(client: TestClient, path: str = "/check") -> str:
    return client.post(path).headers["location"].rsplit("/", 1)[1]


def hand_in(client: TestClient, draft: str, clip: Path, name: str) -> int:
    answer = client.post(f"/films/{draft}", params={"name": name}, content=clip.read_bytes())
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


HOSTILE = [
    "../../../etc/cron.d/x.mp4",
    "..\\..\\x.mov",
    "<script>alert(1)</script>.mp4",
    "=cmd|'/c calc'!A0.mp4",
    "a\nb\x00c.mp4",
    "-rf.mp4",
    "emoji \U0001f3c3.mp4",
    "x" * 400 + ".mp4",
    ".mp4.mp4",
    "con.mp4",
    "'\"`$(id).mp4",
    "\u202egpj.mp4",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_film_s_name_is_never_a_path_and_is_escaped(
    site: Site, client: TestClient, tmp_path: Path, name: str
) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "clip.mp4"), name)
    folder = site.home.films / draft
    assert {item.suffix for item in folder.iterdir()} <= {".mp4", ".mov", ".json"}
    assert all(re.fullmatch(r"[0-9a-f]{16}\.(mp4|mov)|draft\.json", item.name) for item in folder.iterdir())
    page = client.get(f"/check/{draft}").text
    assert "<script>alert" not in page and "\x00" not in page


@pytest.mark.parametrize(("name", "content", "says"), [
    ("notes.txt", b"x", "no film by its name"), ("archive.zip", b"PK", "no film"), ("", b"x", "no film"),
    ("empty.mp4", b"", "is empty"), ("mp4", b"x", "no film"),
])  # fmt: skip
def test_what_is_no_film_is_refused_in_one_sentence(
    client: TestClient, site: Site, name: str, content: bytes, says: str
) -> None:
    draft = draft_of(client)
    answer = client.post(f"/films/{draft}", params={"name": name}, content=content)
    assert answer.status_code == 400 and says in answer.text and "\n" not in answer.text
    assert [item.name for item in (site.home.films / draft).iterdir()] == ["draft.json"]


def test_a_damaged_draft_is_none(client: TestClient, site: Site) -> None:
    draft = draft_of(client)
    for rubbish in (b"", b"{", b"\xff\xfe", b"[]", b'{"name": "x"}'):
        (site.home.films / draft / "draft.json").write_bytes(rubbish)
        assert client.get(f"/check/{draft}").status_code == 404


def test_five_gigabytes_are_refused_before_they_come(client: TestClient, site: Site) -> None:
    draft = draft_of(client)
    answer = client.post(
        f"/films/{draft}",
        params={"name": "huge.mp4"},
        content=iter([b"x"]),
        headers={"content-length": str(5 * 1024**3)},
    )
    assert answer.status_code == 400 and "4 GB" in answer.text
    assert [item.name for item in (site.home.films / draft).iterdir()] == ["draft.json"]


def test_ten_thousand_small_files_are_stopped(client: TestClient, site: Site) -> None:
    draft = draft_of(client)
    answers = [client.post(f"/films/{draft}", params={"name": f"{k}.mp4"}, content=b"x") for k in range(MOST_CLIPS + 3)]
    assert [a.status_code for a in answers].count(200) == MOST_CLIPS
    assert "analyse these first" in answers[-1].text
    assert len(list((site.home.films / draft).glob("*.mp4"))) == MOST_CLIPS


def test_an_upload_that_stops_coming_leaves_nothing(client: TestClient, site: Site, monkeypatch) -> None:
    monkeypatch.setattr("gaitcheck.app.pages.films.QUIET_S", 0.0)
    draft = draft_of(client)

    def slowly() -> Iterator[bytes]:
        yield b"x" * 1000
        time.sleep(0.2)
        yield b"x"

    answer = client.post(f"/films/{draft}", params={"name": "slow.mp4"}, content=slowly())
    assert answer.status_code == 400 and "stopped coming" in answer.text
    assert [item.name for item in (site.home.films / draft).iterdir()] == ["draft.json"]


def test_a_form_has_no_room_for_a_film(client: TestClient) -> None:
    assert client.post("/team/edit", content=b"name=" + b"x" * 5_000_000).status_code == 413


def test_a_clip_that_is_none_says_so_at_a_glance(client: TestClient) -> None:
    draft = draft_of(client)
    answer = client.post(f"/films/{draft}", params={"name": "lie.mp4"}, content=os.urandom(5000))
    text = client.get(f"/films/{draft}/{answer.json()['number']}/look").text
    assert "lie.mp4" in text and 'class="bad"' in text and "Traceback" not in text


def test_a_glance_tells_good_from_bad(tmp_path: Path) -> None:
    eyes = MediaPipeLandmarker(model_path("auto"))
    good = glance(probe(sample_clip("rear_valgus_crossover")), eyes)
    verdicts = {c.code: c.verdict for c in good.checks}
    assert (
        verdicts.items()
        >= {"whole": "good", "straight_frontal": "good", "level": "good", "light": "good", "alone": "good"}.items()
    )
    assert not good.stops and good.picture[:2] == b"\xff\xd8" and len(good.boxes) == 1
    beside = glance(probe(sample_clip("left_overstriding")), eyes)
    assert {"straight_sagittal", "level"} <= {c.code for c in beside.checks}
    nobody = glance(probe(tiny_clip(tmp_path / "wall.mp4")), eyes)
    assert nobody.stops and {"nobody", "too_short"} <= {c.code for c in nobody.checks}
    eyes.close()


def test_every_code_of_a_glance_has_its_sentence() -> None:
    source = (Path(__file__).parents[1] / "src" / "gaitcheck" / "glance.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'Check\(\s*"(\w+)"', source)) | {"whole", "small", "large", "slow_rate", "fast_rate"}
    codes |= {f"{kind}_{plane}" for kind in ("straight", "oblique") for plane in ("frontal", "sagittal")}
    assert codes == set(load_wording().app["glance"])


NAMES = [
    ("Ann_rear_2026-11-03.mp4", "Ann", "2026-11-03"),
    ("Cara side.mov", "Cara", ""),
    ("Jürgen Müller 20261103 left.mp4", "Jürgen Müller", "2026-11-03"),
    ("IMG_1234.MOV", "", ""),
    ("PXL_20261103_101112.mp4", "", "2026-11-03"),
    ("video.mp4", "", ""),
]


@pytest.mark.parametrize(("name", "who", "day"), NAMES)
def test_whose_film_it_is_is_guessed_by_its_name(name: str, who: str, day: str) -> None:
    assert guessed(name) == (who, day)


# ------------------------------------------------------------------ journeys, with workers that need no time


def wait_for(client: TestClient, site: Site, job: str) -> str:
    for _ in range(600):
        state = site.queue.get(job)
        if state is not None and state.over:
            return state.state
        time.sleep(0.02)
    raise AssertionError("the job never ended")


def test_a_runner_s_journey_every_question_skipped(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    assert client.post(f"/check/{draft}", data={"then": "ask"}).status_code == 400
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "my run.mp4")
    answer = client.post(f"/check/{draft}", data={"name": "Ann <b>", "height_cm": "171,5", "then": "ask"})
    for group in groups():
        assert answer.headers["location"].endswith(f"/questions/{group.name}")
        assert client.get(answer.headers["location"]).status_code == 200
        answer = client.post(answer.headers["location"], data={"then": "next"})
    job = answer.headers["location"].rsplit("/", 1)[1]
    assert wait_for(client, site, job) == "done"
    where = client.get(f"/jobs/{job}").headers["location"]
    page = client.get(where)
    assert (
        page.status_code == 200
        and "Ann &lt;b&gt;" in page.text
        and "<b>" not in page.text.split("<main")[1].split("</h1>")[0]
    )
    document = load(next(site.home.athletes.glob("*/*")))
    assert document.clips[0].file == "my run.mp4"


def test_answers_reach_the_document_and_wrong_ones_are_asked_again(
    client: TestClient, site: Site, tmp_path: Path
) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "a.mp4")
    client.post(f"/check/{draft}", data={"name": "Ann", "then": "ask"})
    client.post(f"/check/{draft}/questions/red_flags", data={"then": "none"})
    bad = client.post(
        f"/check/{draft}/questions/pain", data={"worst_week": "11", "where": "around_kneecap", "then": "next"}
    )
    assert bad.status_code == 422 and 'value="11"' in bad.text and 'role="alert"' in bad.text
    good = {
        "worst_week": "4",
        "where": "around_kneecap",
        "settles_within_hour": "yes",
        "since_weeks": "6,5",
        "then": "next",
    }
    assert client.post(f"/check/{draft}/questions/pain", data=good).status_code == 303
    go = client.post(f"/check/{draft}/questions/tests", data={"single_leg_squat.left": "", "then": "go"})
    job = go.headers["location"].rsplit("/", 1)[1]
    assert wait_for(client, site, job) == "done"
    told = load(next(site.home.athletes.glob("*/*"))).intake
    assert told.pain.worst_week == 4 and told.pain.since_weeks == 6.5 and told.pain.settles_within_hour is True
    assert set(told.red_flags) == set(load_evidence().asked_flags) and not any(told.red_flags.values())


def test_every_question_has_its_page() -> None:
    pages = {(group.name, name) for group in groups() for name in group.names()}
    asked = {(table, key) for table, key, _ in questions() if key not in ELSEWHERE.get(table, ())}
    assert asked <= pages and groups()[0].name == "red_flags"
    wording = load_wording("de")
    for group in groups():
        assert group.title(wording) and all(field.label for field in group.fields(wording, {}))


def test_a_team_s_journey_guesses_put_right_by_hand(client: TestClient, site: Site, tmp_path: Path) -> None:
    table = b"athlete;height_cm;group\nBob;180;A\nCara;165;B\n"
    assert client.post("/team/roster", params={"name": "team.csv"}, content=table).text == "2"
    draft = draft_of(client, "/team/films")
    names = ["bob_rear_2026-11-03.mp4", "IMG_0001.mp4", "bob side 2026-11-03.mp4", "refused.mp4"]
    numbers = [hand_in(client, draft, tiny_clip(tmp_path / f"{k}.mp4", k), name) for k, name in enumerate(names)]
    page = client.get(f"/team/films/{draft}").text
    assert page.count('value="Bob"') >= 2
    told = dict(zip((f"athlete.{n}" for n in numbers), ("Bob", "", "Bob", "Dan"), strict=True))
    days = {f"day.{numbers[0]}": "2026-11-03", f"day.{numbers[2]}": "2026-11-03"}
    assert "IMG_0001.mp4" in client.post(f"/team/films/{draft}", data=told | days).text
    assert (
        client.post(f"/team/films/{draft}", data={**told, f"athlete.{numbers[1]}": "Cara", **days}).status_code == 303
    )
    for job in site.queue.all():
        wait_for(client, site, job.id)
    states = {job.athlete: job.state for job in site.queue.all()}
    assert states == {"Bob": "done", "Cara": "done", "Dan": "failed"}
    assert "Nobody runs here; film somebody." in client.get("/jobs").text
    bob = load(site.home.athletes / "Bob" / "2026-11-03")
    assert len(bob.clips) == 2 and bob.visit.group == "A" and bob.athlete.height_cm == 180
    listing = client.get("/team").text
    assert "Bob" in listing and "/club/athletes/Bob/2026-11-03/" in listing
    assert client.get("/board").status_code == 303 and "Cara" in client.get("/club/board.html").text


BAD_ROSTERS = [
    (b"name;height\n=cmd;180\n", "formula"),
    (b"a;b\n1;2\n", "no column athlete"),
    (b"athlete;height_cm\nBob;999\n", "between"),
    (b"\x00\x01\x02", ""),
    (b"", ""),
    (b"athlete\n" + b"x" * 400 + b"\n", "name"),
]


@pytest.mark.parametrize(("table", "says"), BAD_ROSTERS)
def test_a_bad_roster_changes_nothing(client: TestClient, site: Site, table: bytes, says: str) -> None:
    answer = client.post("/team/roster", params={"name": "team.csv"}, content=table)
    assert answer.status_code == 400 and says in answer.text
    assert not (site.home.root / "team.json").exists()


def test_a_roster_is_edited_in_place(client: TestClient, site: Site) -> None:
    assert client.post("/team/edit", data={"name": "Ann", "height_cm": "170"}).status_code == 303
    assert (
        client.post(
            "/team/edit", data={"was": "Ann", "name": "Ann", "group": "A"}, headers={"hx-request": "true"}
        ).status_code
        == 204
    )
    assert client.post("/team/edit", data={"name": "Ann", "height_cm": "17"}).status_code == 400
    page = client.get("/team").text
    assert page.count('data-name="ann"') == 1 and 'value="A"' in page


def test_a_large_team_comes_by_the_hundred_and_is_searched(client: TestClient, site: Site) -> None:
    table = "athlete\n" + "".join(f"Runner {k:03d}\n" for k in range(250))
    assert client.post("/team/roster", params={"name": "team.csv"}, content=table.encode()).text == "250"
    assert client.get("/team").text.count('scope="row"') == 100
    assert client.get("/team", params={"from": "200"}).text.count('scope="row"') == 50
    for wrong in ("-1", "x", "9" * 50, "99999"):
        assert client.get("/team", params={"from": wrong}).status_code == 200
    found = client.get("/team", params={"find": "runner 12"}, headers={"hx-request": "true"}).text
    assert found.count('scope="row"') == 10 and "<html" not in found


def test_everything_of_somebody_s_is_deleted(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "secret name.mp4")
    job = client.post(f"/check/{draft}", data={"name": "Eve Adams", "then": "go"}).headers["location"].rsplit("/", 1)[1]
    assert wait_for(client, site, job) == "done"
    assert "Eve Adams" in client.get("/athletes/Eve%20Adams/forget").text
    assert client.post("/athletes/Eve%20Adams/forget").status_code == 303
    left = [p for p in site.home.root.rglob("*") if p.is_file() and b"Eve Adams" in p.read_bytes()]
    assert not left and not list(site.home.films.iterdir()) and not list(site.home.athletes.iterdir())


def test_deleting_somebody_leaves_the_films_of_others(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client, "/team/films")
    assert client.post(f"/team/films/{draft}", data={}).status_code == 400
    for k in range(2):
        hand_in(client, draft, tiny_clip(tmp_path / f"{k}.mp4", k), f"{k}.mp4")
    client.post(f"/team/films/{draft}", data={"athlete.1": "Eve", "athlete.2": "Bob"})
    for job in site.queue.all():
        wait_for(client, site, job.id)
    assert client.post("/athletes/Eve/forget").status_code == 303
    assert len(list((site.home.films / draft).glob("*.mp4"))) == 1
    assert [path.name for path in site.home.athletes.iterdir()] == ["Bob"]


def test_a_spelling_hides_nobody_from_being_deleted(client: TestClient, site: Site, tmp_path: Path) -> None:
    """Films in any spelling, comparisons, the print of all and failed jobs go too; a damaged draft stops nothing."""
    for k, name in enumerate(("Ann", "ann", " ANN ")):
        draft = draft_of(client)
        hand_in(client, draft, tiny_clip(tmp_path / f"{k}.mp4", k), f"{k}.mp4")
        job = client.post(f"/check/{draft}", data={"name": name, "then": "go"}).headers["location"].rsplit("/", 1)[1]
        assert wait_for(client, site, job) == "done"
    (site.home.state / "compared" / ("a" * 20)).mkdir(parents=True)
    (site.home.state / "all.pdf").write_bytes(b"%PDF")
    broken = site.home.films / ("b" * 12)
    broken.mkdir()
    (broken / "draft.json").write_bytes(b"\xff")
    assert client.post("/athletes/Ann/forget").status_code == 303
    assert not (site.home.state / "compared").exists() and not (site.home.state / "all.pdf").exists()
    assert [folder.name for folder in site.home.films.iterdir()] == [broken.name]
    assert not site.queue.all()


def test_whoever_failed_or_is_damaged_can_be_deleted_too(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "refused.mp4")
    job = client.post(f"/check/{draft}", data={"name": "Dan", "then": "go"}).headers["location"].rsplit("/", 1)[1]
    assert wait_for(client, site, job) == "failed"
    assert client.post("/athletes/Dan/forget").status_code == 303 and not site.queue.all()
    damaged = site.home.athletes / "Zed" / "2026-11-03"
    damaged.mkdir(parents=True)
    (damaged / "analysis.json").write_text("{{{{")
    assert client.post("/athletes/Zed/forget").status_code == 303 and not damaged.exists()


def test_thirty_at_once_edit_the_team_and_none_is_lost(client: TestClient, site: Site) -> None:
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda k: client.post("/team/edit", data={"name": f"Racer{k}"}).status_code, range(30)))
    assert told == [303] * 30
    assert len(json.loads((site.home.root / "team.json").read_text())["team"]) == 30


LONG = "9" * 5000
ODD_REQUESTS = [
    ("GET", "/hello", {"headers": {"x-secret": b"\xe9"}}, 403),
    ("GET", f"/films/abcdefghijkl/{LONG}/look", {}, 404),
    ("GET", f"/club/athletes/a/b/correct/{LONG}", {}, 404),
    ("GET", f"/athletes/{'a' * 300}/forget", {}, 404),
    ("GET", f"/athletes/{'a' * 300}/progress.pdf", {}, 404),
    ("GET", f"/club/athletes/{'a' * 300}/b/", {}, 404),
    ("GET", f"/compare?old={'a' * 300}/a&new=b/c", {}, 404),
    ("GET", "/events?job=nobody", {}, 200),
    ("POST", "/team/edit", {"content": "&".join(f"a{k}=1" for k in range(3000))}, 400),
    ("POST", "/team/edit", {"data": {"name": "Ann", "height_cm": "1_70"}}, 400),
    ("POST", "/team/edit", {"data": {"name": "a\x00b"}}, 400),
]


@pytest.mark.parametrize(("method", "path", "asked", "status"), ODD_REQUESTS)
def test_odd_requests_are_answered(
    client: TestClient, method: str, path: str, asked: dict[str, Any], status: int
) -> None:
    answer = client.request(method, path, **asked)
    assert answer.status_code == status and len(answer.text) < 20_000


@pytest.mark.parametrize("name", ["jobs.sqlite", "sessions.sqlite"])
@pytest.mark.parametrize("damage", ["rubbish", "a folder", "another table"])
def test_damaged_state_is_put_aside(tmp_path: Path, name: str, damage: str) -> None:
    home = open_home(tmp_path / "club")
    path = home.state / name
    if damage == "rubbish":
        path.write_bytes(os.urandom(5000))
    elif damage == "a folder":
        path.mkdir()
    else:
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute(f"CREATE TABLE {'jobs' if name.startswith('jobs') else 'sessions'} (x)")
    site = make_site(tmp_path / "club")
    assert site.queue.all() == [] and site.keys.use_token(site.keys.new_token()) is not None
    assert (home.state / f"{name}.damaged").exists()


def test_a_changed_byte_of_the_queue_is_no_other_work(tmp_path: Path) -> None:
    """Names, days and jobs are as they were handed in, or the file is put aside."""
    home = open_home(tmp_path / "club")
    path, kept = home.state / "jobs.sqlite", tmp_path / "kept"
    queue = Queue(home.root, path)
    request = Request(clips=(tmp_path / "clip.mp4",), athlete=Athlete(name="Ann", height_cm=171.0))
    queue.add([Job("Ann", request, home.athletes / "Ann" / "2026-11-01", "work", day="2026-11-01")])
    queue.note([Outcome("Ben", "failed", "Film again.", day="2026-11-02", folder="Ben")])
    queue.stop()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = database.execute("SELECT athlete, day, payload, state FROM jobs").fetchall()
    path.replace(kept)
    whole = kept.read_bytes()
    used = [at for at in range(len(whole)) if whole[at]]
    aside = 0
    for at in used[:: max(len(used) // 150, 1)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        Queue(home.root, path).stop()
        with contextlib.closing(sqlite3.connect(path)) as database:
            found = database.execute("SELECT athlete, day, payload, state FROM jobs").fetchall()
        assert found in (rows, []), at
        aside += found == []
        for left in home.state.glob("jobs.sqlite*"):
            left.unlink()
    assert aside > 50


@pytest.mark.parametrize(
    "text", ["rubbish", '{"port": 1e400, "secret": "x"}', "[" * 200_000, "[]", '{"port": "x"}', ""]
)
def test_a_damaged_server_file_is_nobody_s(tmp_path: Path, text: str) -> None:
    home = open_home(tmp_path / "club")
    (home.state / "server.json").write_text(text)
    (home.films / ("a" * 12)).symlink_to("/nowhere")
    assert running(home) is None
    Drafts(home).tidy()


def test_another_program_at_the_old_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    home = open_home(tmp_path / "club")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (home.state / "server.json").write_text(json.dumps({"port": port, "secret": "x"}))

        def answer() -> None:
            one, _ = other.accept()
            with one:
                one.recv(100)
                one.sendall(b"SSH-2.0-other\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert running(home) is None
        thread.join()


def test_a_workbook_of_a_million_rows_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """Rows are counted in the archive: what packs well would take a gigabyte and half a minute to build."""
    book = openpyxl.Workbook()
    book.active.append(["athlete"])
    book.save(tmp_path / "small.xlsx")
    with zipfile.ZipFile(tmp_path / "small.xlsx") as small, zipfile.ZipFile(tmp_path / "r.xlsx", "w", 8) as large:
        for item in small.infolist():
            data = small.read(item)
            if item.filename.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>")
            large.writestr(item.filename, data)
    with pytest.raises(InputError, match="20000 rows"):
        read_table(tmp_path / "r.xlsx")


# ------------------------------------------------------------------ correction


def test_correcting_by_the_page(tmp_path: Path, short_results) -> None:
    site = make_site(tmp_path / "club")
    folder = site.home.athletes / "Ann" / "2026-11-03"
    shutil.copytree(short_results[0], folder)
    url, document = "/club/athletes/Ann/2026-11-03", short_results[1]
    with client_of(site) as client:
        come_in(client, site)
        assert 'id="corrector"' in client.get(f"{url}/correct/0").text
        assert client.get(f"{url}/correct/7").status_code == 404
        for rubbish in (b"", b"{", b"[]", b'{"corrections": 1}', b'{"by": "A", "corrections": ["x"]}', b"[" * 100_000):
            answer = client.post(f"{url}/correct/preview", content=rubbish)
            assert answer.status_code == 400 and "\n" not in answer.text and "Traceback" not in answer.text
        stance = [s for s in document.stances if s.side == "left"][3]
        at_s = document.clips[0].playback_s((stance.initial_contact_s + stance.toe_off_s) / 2)
        told = {"by": "Ann", "corrections": [{"what": "step", "side": "left", "at_s": at_s}]}
        found = client.post(f"{url}/correct/preview", json=told)
        assert found.status_code == 200 and found.json()["said"][0].startswith("The left step")
        assert [s[3] for s in found.json()["found"]["clips"][0]["stances"]].count(True) == 1
        assert load(folder).corrections == []
        assert client.post(f"{url}/correct/save", json=told).json() == {"go": f"{url}/"}
        assert [one.by for one in load(folder).corrections] == ["Ann"]
        other = {"by": "Ann", "corrections": [{"what": "runner", "after": 2}]}
        assert "film itself" in client.post(f"{url}/correct/save", json=other).text
        assert [one.what for one in load(folder).corrections] == ["step"]


def test_reports_are_printed_together_and_shared_without_a_face(tmp_path: Path, short_results) -> None:
    site = make_site(tmp_path / "club")
    for name in ("Ann", "Bob"):
        shutil.copytree(short_results[0], site.home.athletes / name / "2026-11-03")
        path = site.home.athletes / name / "2026-11-03" / "analysis.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        path.with_name("checksums.txt").unlink(missing_ok=True)
        path.write_text(json.dumps({**table, "athlete": {**table["athlete"], "name": name}}), encoding="utf-8")
    (site.home.athletes / "Bob" / "2026-11-03" / "report.pdf").write_bytes(b"damaged")
    with client_of(site) as client:
        come_in(client, site)
        printed = client.get("/team/print.pdf")
        assert printed.status_code == 200 and printed.content[:4] == b"%PDF"
        shared = client.post("/club/athletes/Ann/2026-11-03/share")
        assert client.get(shared.headers["location"]).content[:8] == b"\x89PNG\r\n\x1a\n"
        part = client.get("/club/athletes/Ann/2026-11-03/overlay.mp4", headers={"range": "bytes=0-99"})
        assert part.status_code == 206 and len(part.content) == 100
        page = client.get("/club/athletes/Ann/2026-11-03/report.html")
        policy = page.headers["content-security-policy"]
        script = re.search(r"script-src 'sha256-([^']+)'", page.text)
        assert script is not None and script[1] in policy and "'unsafe-inline'" not in policy.split("style-src")[0]


def test_the_phone_s_address_is_drawn(tmp_path: Path) -> None:
    site = replace(make_site(tmp_path / "club", "long enough"), reachable=("192.168.1.5",))
    with client_of(site) as client:
        come_in(client, site)
        text = client.get("/phone").text
        assert "http://192.168.1.5:8123/" in text and "<svg" in text and 'href="/phone"' in client.get("/").text


# ------------------------------------------------------------------ work


def test_the_same_work_waits_once_and_is_given_up_whole(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    for k in range(12):
        hand_in(client, draft, tiny_clip(tmp_path / f"{k}.mp4", k), f"slow {k}.mp4")
    told = {f"athlete.{n}": f"A{n}" for n in range(1, 13)}
    client.post(f"/team/films/{draft}", data=told)
    client.post(f"/team/films/{draft}", data=told)
    jobs = site.queue.all()
    assert len(jobs) <= 14
    last = next(job for job in jobs if job.state == "waiting")
    client.post(f"/jobs/{last.id}/cancel")
    for job in site.queue.all():
        wait_for(client, site, job.id)
    assert site.queue.get(last.id).state == "cancelled" and not (Path(last.folder)).exists()
    done = {job.athlete for job in site.queue.all() if job.state == "done"}
    assert len(done) == 11


def test_a_broken_clip_harms_nobody(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    for k, name in enumerate(("poison", "fine", "bug", "once", "also fine")):
        hand_in(client, draft, tiny_clip(tmp_path / f"{k}.mp4", k), f"{name}.mp4")
    client.post(f"/team/films/{draft}", data={f"athlete.{n}": f"A{n}" for n in range(1, 6)})
    states = {job.athlete: wait_for(client, site, job.id) for job in site.queue.all()}
    assert states == {"A1": "failed", "A2": "done", "A3": "failed", "A4": "done", "A5": "done"}


def test_jobs_are_told_as_they_change(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "slow.mp4")
    job = client.post(f"/check/{draft}", data={"name": "Ann", "then": "go"}).headers["location"].rsplit("/", 1)[1]
    with client.stream("GET", "/events", params={"job": job}) as stream:
        text = "".join(stream.iter_text())
    assert f"event: job-{job}" in text and text.rstrip().endswith("event: over\ndata:") and "done" in text


def test_words_come_in_the_browser_s_language(client: TestClient) -> None:
    assert 'lang="de"' in client.get("/", headers={"accept-language": "de-AT,de;q=0.9"}).text
    assert 'lang="en"' in client.get("/", headers={"accept-language": "xx,;q=q,zz"}).text


# ------------------------------------------------------------------ a server of its own


def start_server(club: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "gaitcheck.cli", "serve", str(club), "--no-browser", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "DISPLAY": ""},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + (process.stderr.read() if process.stderr and process.poll() is not None else "")
    return process, found[0]


class Browser:
    """A browser without a picture: keeps its cookie, sends its origin."""

    def __init__(self, url: str) -> None:
        self.base = url.split("/enter")[0]
        opener = urllib.request.build_opener(_Stay())
        with pytest.raises(urllib.error.HTTPError) as went:
            opener.open(url)
        self.cookie = went.value.headers["set-cookie"].split(";")[0]

    def ask(self, path: str, body: bytes | None = None) -> tuple[str, str]:
        headers = {"cookie": self.cookie, "origin": self.base}
        request = urllib.request.Request(self.base + path, body, headers)
        try:
            with urllib.request.build_opener(_Stay()).open(request, timeout=60) as answer:
                return answer.read().decode("utf-8", "replace"), ""
        except urllib.error.HTTPError as error:
            return error.read().decode("utf-8", "replace"), error.headers.get("location", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def until(told: str, browser: Browser, seconds: float = 120) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page, where = browser.ask(told)
        if where:
            return where
        time.sleep(0.3)
    raise AssertionError(page)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as Unix does")
def test_a_server_that_is_killed_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    """A real analysis, killed in its middle with its server: the next start takes it up, and the page still holds."""
    club, clip = tmp_path / "club", cut(sample_clip("rear_valgus_crossover"), tmp_path / "piece.mp4", 0.0, 5.4)
    first, url = start_server(club)
    second = None
    try:
        browser = Browser(url)
        again = subprocess.run(
            [sys.executable, "-m", "gaitcheck.cli", "serve", str(club), "--no-browser"], capture_output=True, text=True,
            timeout=60,
        )  # fmt: skip
        assert again.returncode == 0 and browser.base in again.stdout
        _, where = browser.ask("/check", b"")
        browser.ask(f"/films/{where.rsplit('/', 1)[1]}?name={quote('Ann rear.mp4')}", clip.read_bytes())
        _, job = browser.ask(where, b"name=Ann&then=go")
        for _ in range(200):
            page, _ = browser.ask(job)
            if "Following the runner" in page and "<progress" in page:
                break
            time.sleep(0.1)
        first.kill()
        first.wait()
        assert not list(club.glob("athletes/*/*/analysis.json"))
        second, other = start_server(club)
        assert other.split("/enter")[0] == browser.base
        visit = until(job, browser)
        assert [p.parent.name for p in club.glob("athletes/*/*/analysis.json")] == [visit.strip("/").split("/")[-1]]
        assert len(list(club.glob("athletes/*/*"))) == 1
        assert load(next(club.glob("athletes/*/*"))).clips[0].file == "Ann rear.mp4"
        page, _ = browser.ask(f"{visit}report.html")
        assert "<video" in page
    finally:
        for process in (first, second):
            if process is not None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=30)
    assert second is not None and second.stderr is not None and "Traceback" not in second.stderr.read()


def test_connections_that_never_finish_asking_keep_nobody_out(tmp_path: Path) -> None:
    server, url = start_server(tmp_path / "club")
    slow = []
    try:
        browser = Browser(url)
        place = browser.base.removeprefix("http://").split(":")
        for _ in range(150):
            one = socket.create_connection((place[0], int(place[1])))
            one.sendall(b"POST /check HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            slow.append(one)
        for path in ("/", "/team", "/jobs"):
            page, _ = browser.ask(path)
            assert "<main" in page
    finally:
        for one in slow:
            one.close()
        server.send_signal(signal.SIGINT)
        told, complaints = server.communicate(timeout=30)
    assert server.returncode == 0 and "next start" in told and "Traceback" not in complaints


def test_a_second_start_finds_the_first_only_while_it_runs(tmp_path: Path) -> None:
    home = open_home(tmp_path / "club")
    assert running(home) is None
    (home.state / "server.json").write_text('{"port": 1, "secret": "x"}')
    assert running(home) is None
    (home.state / "server.json").write_text("rubbish")
    assert running(home) is None


def test_a_club_of_hostile_names_is_shown_escaped(client: TestClient, site: Site, tmp_path: Path) -> None:
    draft = draft_of(client)
    hand_in(client, draft, tiny_clip(tmp_path / "a.mp4"), "a.mp4")
    job = client.post(f"/check/{draft}", data={"name": '"><img src=x onerror=alert(1)>', "then": "go"}).headers[
        "location"
    ]
    assert wait_for(client, site, job.rsplit("/", 1)[1]) == "done"
    for path in ("/", "/team", "/jobs", client.get(job).headers["location"]):
        assert "<img src=x" not in client.get(path).text
