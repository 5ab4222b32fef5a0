"""Kept files with a byte changed, names and notes as attack, and what may not be told to whom a file is handed on."""

from __future__ import annotations

import getpass
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import film_tools as film
import odd_clips
from gaitcheck.analysis import load
from torture_case import ROOT, Case, Verdict, faults_of, gaitcheck, leavings, unclear
from torture_clips import Stock

FLIPS_A_FILE = 6
SIGNED = ("--by", "Ann", "--note", "Well run.")
HANDED_ON = ("report.pdf", "report.html", "overlay.mp4", "proxy.mp4", "leading.svg", "share.png", "share.mp4")
SHORTEST_SECRET = 4
"""A shorter one is in every file by chance."""
ROW = b"<row><c><v>1</v></c></row>"
ATTACKS = {
    "typst": '#panic("x") #read("/etc/passwd") $x$ *b* @a <b> //',
    "html": "<script>document.title='gotcha'</script><img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "plus_formula": "+1+cmd|'x'!A0",
    "path": "../../../../tmp/gotcha",
    "quotes": "\"'`;--",
    "right_to_left": "Ann \u202egnp.exe",
    "zero_width": "A\u200bn\u200dn",
    "combining": "A" + "\u0301" * 60,
    "emoji": "🏃🏽‍♀️" * 20,
    "long": "x" * 200,
    "template": "{{ 7*7 }} {% raw %} ${7*7} %s {0} {name}",
    "null_word": "null",
    "number": "1e999",
    "spaces": "   Ann   ",
}


# ------------------------------------------------------------ a byte changed


def _prepared(stock: Stock, folder: Path) -> Path:
    """Results with everything that is kept beside them."""
    stock.truth  # noqa: B018
    visit = folder / "place" / "visit"
    shutil.copytree(stock.results, visit)
    stance = load(visit).stances[4]
    told = folder / "by-hand.toml"
    middle = 0.5 * (stance.initial_contact_s + stance.toe_off_s)
    told.write_text(f'[[correction]]\nwhat = "step"\nside = "{stance.side}"\nat_s = {middle:.4f}\n', encoding="utf-8")
    for arguments in (
        ("correct", visit, "--file", told, "--by", "Ann"),
        ("checkin", visit, "--pain", "1", "--done", "90"),
        ("sign-off", visit, *SIGNED),
    ):
        ended = gaitcheck(*arguments)
        if ended.code != 0:
            raise RuntimeError(f"{arguments[0]}: {ended.err}")
    return visit


def _byte_changed(stock: Stock, name: str, seed: int, folder: Path) -> Verdict:
    """One byte of a kept file changed: whoever reads it says so, or says what was said before."""
    visit = _prepared(stock, folder)
    before = load(visit)
    path = visit / name
    data = bytearray(path.read_bytes())
    chance = random.Random(f"{name}{seed}")
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(7)
    path.write_bytes(bytes(data))
    wrong, refused = [], 0
    for arguments in (
        ("report", visit, "--language", "de"),
        ("checkin", visit, "--pain", "2", "--done", "80"),
        ("compare", visit, visit, "--out", folder / "place" / "comparison"),
        ("export", visit, "--as", "csv,trc", "--out", folder / "place" / "tables"),
    ):
        ended = gaitcheck(*arguments)
        wrong += [f"{arguments[0]}: {what}" for what in faults_of(ended)]
        if ended.code != 0:
            refused += 1
            wrong += [f"{arguments[0]}: {what}" for what in unclear(ended)]
    if not refused:
        now = load(visit)
        if [m.interval for m in now.metrics] != [m.interval for m in before.metrics] or now.findings != before.findings:
            wrong.append(f"other numbers without a word (byte {place})")
    wrong += leavings(visit.parent, "visit", "comparison", "tables")
    if wrong:
        return Verdict("wrong", "; ".join(wrong))
    return Verdict("refused" if refused else "right", f"{refused} of 4 commands refused it")


# ------------------------------------------------------------ attack by what is told


def _told(stock: Stock, text: str, folder: Path) -> Verdict:
    """A name, a group and a note that mean something to whoever shows them."""
    stock.truth  # noqa: B018
    place = folder / "place"
    place.mkdir()
    canary = Path("/tmp/gotcha")
    canary.unlink(missing_ok=True)
    ended = gaitcheck(
        "analyze", stock.clip, "--out", place / "visit", "--athlete", text, "--shoes", text, "--quiet", "--jobs", "1",
        "--share",
    )  # fmt: skip
    wrong = faults_of(ended, (0, 2, 3))
    if ended.code != 0:
        wrong += unclear(ended)
        return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())
    visit = place / "visit"
    page = (visit / "report.html").read_text(encoding="utf-8")
    if re.search(r"<script>document|<img src=x", page):
        wrong.append("markup from outside in the page")
    signed = gaitcheck("sign-off", visit, "--by", text, "--note", text)
    wrong += faults_of(signed) + (unclear(signed) if signed.code else [])
    told = gaitcheck("compare", visit, visit, "--out", place / "comparison")
    wrong += faults_of(told)
    exported = gaitcheck("export", visit, "--as", "csv", "--out", place / "tables")
    wrong += faults_of(exported)
    for table in place.rglob("*.csv"):
        for line in table.read_text(encoding="utf-8").splitlines():
            if any(cell[:1] in "=+@" and not re.fullmatch(r"[+-]?[\d.e+-]+", cell) for cell in line.split(",") if cell):
                wrong.append(f"a formula in {table.name}: {line[:80]}")
                break
    wrong += ["a file outside was made"] if canary.exists() else []
    wrong += leavings(place, "visit", "comparison", "tables")
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right")


def _workbook(kind: str, folder: Path) -> Verdict:
    """A roster as XLSX that is a bomb, or no workbook."""
    path = folder / "roster.xlsx"
    if kind == "text":
        path.write_text("athlete,clip\nAnn,ann.mp4\n", encoding="utf-8")
    elif kind == "pickle":
        path.write_bytes(b"\x80\x04\x95cos\nsystem\n(S'touch /tmp/gotcha'\ntR.")
    else:
        sheets = {
            "zip_bomb": b"<worksheet><sheetData>" + ROW * 4_000_000 + b"</sheetData></worksheet>",
            "xml_bomb": b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
                b'<!ENTITY %c "%s">' % (98 + k, b"&%c;" % (97 + k) * 10) for k in range(9)
            ) + b"]><worksheet>&j;</worksheet>",
            "external_entity": b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>',
            "empty": b"",
        }  # fmt: skip
        names = ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, sheets[kind])
    ended = gaitcheck("batch", path, "--out", folder / "club", "--quiet", bound_s=60)
    wrong = faults_of(ended, (2, 3)) + unclear(ended)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


# ------------------------------------------------------------ privacy


def _tagged(stock: Stock, folder: Path) -> Path:
    """The stock with what phones write into a film: where, by whom, with what."""
    tags = {
        "location": "+52.5163+013.3777/",
        "com.apple.quicktime.location.ISO6709": "+52.5163+013.3777/",
        "com.apple.quicktime.make": "Acme",
        "com.apple.quicktime.model": "Spyphone 12",
        "com.apple.quicktime.software": "17.4.1-canary",
        "artist": "Gustav Geheim",
        "comment": "the secret comment",
        "title": "Gustavs Lauf",
    }
    return film.write(folder / "private" / "IMG_4711_Gustav.mov", stock.pictures, 60.0, tags=tags)


def _private(stock: Stock, folder: Path) -> Verdict:
    """Nothing of the machine, the place and the person behind a clip in what is handed on."""
    stock.truth  # noqa: B018
    clip = _tagged(stock, folder)
    visit = folder / "place" / "visit"
    visit.parent.mkdir()
    ended = gaitcheck("analyze", clip, "--out", visit, "--share", "--blur-faces", "--quiet", "--jobs", "1")
    wrong = faults_of(ended, (0,))
    secrets = {
        "a path": str(folder), "the home": str(Path.home()), "the host": socket.gethostname(), "GPS": "52.5163",
        "the artist": "Geheim", "the comment": "secret comment", "the software": "17.4.1-canary",
        "the folder": "private/",
    }  # fmt: skip
    secrets["the user"] = getpass.getuser()
    secrets = {what: secret for what, secret in secrets.items() if len(secret) > SHORTEST_SECRET}
    for name in HANDED_ON:
        path = visit / name
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if name.endswith(".pdf"):
            import pypdf

            reader = pypdf.PdfReader(path)
            contents.append(repr(dict(reader.metadata or {})).encode())
            contents += [(page.extract_text() or "").encode() for page in reader.pages]
        for what, secret in secrets.items():
            if any(secret.encode() in content for content in contents):
                wrong.append(f"{what} in {name}")
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right")


# ------------------------------------------------------------ databases and odd clips


def _database(kind: str, folder: Path) -> Verdict:
    """The page's databases damaged: it starts, with a new one beside the damaged one, or says what is wrong."""
    from gaitcheck.app.home import open_home
    from gaitcheck.app.queue import Queue
    from gaitcheck.errors import GaitcheckError
    from gaitcheck.fleet.jobs import Outcome

    root = folder / "club"
    path = open_home(root).state / "queue.sqlite"
    queue = Queue(root, path)
    queue.note([Outcome(f"Ann{k}", "done", day="2026-11-01", folder="x" * 400) for k in range(50)])
    queue.stop()
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    changes: dict[str, Callable[[], bytes]] = {
        "empty": lambda: b"", "half": lambda: bytes(data[: len(data) // 2]), "text": lambda: b"no database",
        "header": lambda: bytes(16) + bytes(data[16:]),
        "page": lambda: bytes(data[:4096]) + random.Random(1).randbytes(4096) + bytes(data[8192:]),
    }  # fmt: skip
    path.write_bytes(changes[kind]())
    try:
        again = Queue(root, path)
        again.note([Outcome("Ben", "done", day="2026-11-02", folder="y")])
        found = {job.athlete for job in again.all()}
        again.stop()
    except GaitcheckError as error:
        return Verdict("refused", str(error))
    return Verdict("right", "begun anew") if "Ben" in found else Verdict("wrong", f"lost what came after: {found}")


def _odd(name: str, scratch: Path, folder: Path) -> Verdict:
    """A case of odd_clips.py, in a process of its own."""
    told = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "odd_clips.py"), str(scratch / "odd"), "--exactly", name],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    for line in told.stderr.splitlines():
        what, _, rest = line.partition(" ")
        if what in ("right", "refused", "wrong", "absent"):
            return Verdict(what, rest.strip().removeprefix(f"{name}: "))  # type: ignore[arg-type]
    return Verdict("wrong", told.stderr[-400:])


def cases(scratch: Path) -> list[Case]:
    """Every kept file, every attack, every odd clip."""
    stock = Stock(scratch)
    kept = (
        "analysis.json", "landmarks.parquet", "strides.csv", "proxy.mp4", "review.toml", "corrections.toml",
        "checkin_1.json", "checksums.txt",
    )  # fmt: skip
    found = [
        Case("a byte changed", f"{name}_{seed}", partial(_byte_changed, stock, name, seed))
        for name in kept
        for seed in range(FLIPS_A_FILE)
    ]
    found += [Case("told as attack", name, partial(_told, stock, text)) for name, text in ATTACKS.items()]
    found += [
        Case("workbooks", kind, partial(_workbook, kind), kind != "zip_bomb")
        for kind in ("text", "pickle", "zip_bomb", "xml_bomb", "external_entity", "empty")
    ]
    found += [Case("privacy", "handed_on", partial(_private, stock))]
    found += [
        Case("databases", kind, partial(_database, kind), True) for kind in ("empty", "half", "text", "header", "page")
    ]
    found += [Case(f"odd: {case.kind}", case.name, partial(_odd, case.name, scratch)) for case in odd_clips.CASES]
    return found
