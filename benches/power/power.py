"""Cuts the power under the archive, again and again, and looks at what is left. Run it by run.sh.

An office works on a disk that remembers every write and flush (disk.py): papers are certified, delivered and taken in, and each
answer of the program is noted with the disk's position at that moment. Then the disk is made as power cuts at random positions
may have left it, mounted, and held against what had been answered before: nothing lost, no number twice or missing, no file
that is half there. At last the same commands are run to their end on it, by nobody's hand. Method and figures: ../README.md.
"""

import argparse
import contextlib
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from disk import Disk, attach, cuts, mount

MEGABYTES = 96
PEOPLE = [
    ("root", "Quản trị", "administrator", []),
    ("chair", "Nguyễn Văn An", "certifier", ["--capacity", "CHỦ TỊCH"]),
    ("clerk", "Lê Thị Bình", "clerk", []),
    ("officer", "Phạm Văn Dũng", "officer", []),
]
STAGES = ["prepared", "signed", "sealed", "delivered"]
TABLES, ROWS = 4, 6
"Imports, and documents in each."


class Found(Exception):
    """Something that a power cut must not do."""


def main():
    options = arguments()
    work = pathlib.Path(tempfile.mkdtemp(prefix="power-", dir=options.work))
    office = Office(options, work)
    office.inputs()
    disk = Disk(work, MEGABYTES)
    facts = []
    with unmounting(disk):
        office.folder = disk.folder
        first = disk.position()
        begun = time.monotonic()
        office.work_to_the_end(lambda kind, fact: facts.append((disk.position(), kind, fact)))
        last = disk.position()
        print(f"worked {time.monotonic() - begun:.0f} s: {len(facts)} answers, {(last - first) >> 10} kB written", flush=True)
    dice = random.Random(options.seed)
    positions = sorted(dice.randrange(first, last) for _ in range(options.cuts))
    bad = lost = 0
    for number, (position, loose, image) in enumerate(cuts(disk, positions, options.seed), 1):
        known = [(kind, fact) for at, kind, fact in facts if at <= position]
        try:
            with mounted(image, disk.folder):
                holds(office, known)
            told = "holds"
        except Found as found:
            told, bad = f"FOUND: {found}", bad + 1
            if options.keep:
                shutil.copyfile(image, work / f"found-{number}")
        lost += loose
        print(f"{number:3}/{options.cuts} at {position}, {loose} writes behind the last flush, {len(known)} answers: {told}", flush=True)
    print(f"{options.cuts} power cuts, {lost} writes in question, {len(facts)} answers in the whole run: {bad} bad ends")
    if not options.keep:
        shutil.rmtree(work)
    sys.exit(1 if bad else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saoy", default="target/debug/saoy", type=pathlib.Path, help="the program")
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--papers", type=int, default=6, help="originals to certify")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", help="where images are made (default: the system's place for temporary files)")
    parser.add_argument("--keep", action="store_true", help="keep the images, those of bad ends too")
    parser.add_argument("--encrypt", action="store_true", help="the archive's files are encrypted")
    return parser.parse_args()


class Office:
    """The commands of an office, and the papers they are about."""

    def __init__(self, options, work):
        self.saoy = options.saoy.absolute()
        self.encrypt = options.encrypt
        self.desk = work / "desk"
        self.papers = [self.desk / f"paper{number}.tif" for number in range(options.papers)]
        self.folder = None

    def inputs(self):
        """Papers, keys and tables; they lie on another disk."""
        self.desk.mkdir()
        seed = pathlib.Path("tests/fixtures/seeds/g4.tif").read_bytes()
        for number, paper in enumerate(self.papers):
            # Behind the picture, where no reader looks: another original by its digest.
            paper.write_bytes(seed + number.to_bytes(4, "little"))
        (self.desk / "pin").write_text("x\n")
        (self.desk / "kek").write_bytes(bytes(range(32)))
        for name, subject in [("person", "/CN=NGUYEN VAN AN/O=UBND"), ("seal", "/CN=UBND/O=UBND")]:
            key, certificate = self.desk / f"{name}.key", self.desk / f"{name}.pem"
            usage = ["-addext", "keyUsage=digitalSignature,nonRepudiation"]
            made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", subject]
            quietly("openssl", "req", "-x509", *made, *usage, "-keyout", key, "-out", certificate)
            pin = ["-passout", f"file:{self.desk / 'pin'}", "-out", self.desk / f"{name}.p12"]
            quietly("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, *pin)
        for table in range(TABLES):
            folder = self.desk / f"old{table}"
            folder.mkdir()
            lines = ["file,TypeName,Số ký hiệu,IssuedDate,OrganName,Subject"]
            for row in range(ROWS):
                number = table * ROWS + row + 1
                (folder / f"{number}.pdf").write_bytes(b"%PDF-1.4 " + str(number).encode() * 2000)
                (folder / f"{number}.txt").write_text(f"Công văn số {number} về việc họp")
                lines.append(f"{number}.pdf,Công văn,{number}/UBND-VX,2010-01-05,UBND phường,Về việc {number}")
            (folder / "table.csv").write_text("\n".join(lines) + "\n")

    def asked(self, *arguments):
        """What a command says; nothing when it could not do it."""
        command = [self.saoy, "--ui", "en", "--data", self.folder / "data", *arguments]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise Found(f"{' '.join(map(str, arguments[:3]))}: exit {done.returncode}: {done.stderr.strip() or done.stdout[-300:]}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.asked(*arguments, "--json"))

    def work_to_the_end(self, noted):
        """Everything there is to do and is not done yet; `noted` is told of each answer."""
        if not (self.folder / "data/archive/archive.sqlite3").exists():
            encrypted = ["--encrypt", "--archive-key", self.desk / "kek"] if self.encrypt else []
            who = ["--office", "UBND", "--code", "H57.12", "--base-url", "https://saoy.example", "--by", "root"]
            self.asked("archive", "init", *who, *encrypted)
        noted("archive", None)
        known = {one["login"] for one in self.json("archive", "people")}
        for login, name, role, more in PEOPLE:
            if login not in known:
                who = ["--name", name, "--role", role, "--authority", "QĐ 1", "--from", "2020-01-01", "--by", "root"]
                self.asked("archive", "appoint", login, *who, *more)
            noted("person", login)
        for number in range(max(len(self.papers), TABLES)):
            if number < len(self.papers):
                self.certify(self.papers[number], noted)
            if number < TABLES:
                self.take_in(number, noted)

    def certify(self, paper, noted):
        """One paper, from wherever it is to its delivery."""
        who = ["--requester", "Trần Văn Cường", "--visit", "1", "--compared", "all", "--by", "officer"]
        clear = ["all", "R2=đọc được", "R5=tiếng Việt", "R6=dấu nổi"]
        answers = [part for one in clear for part in ("--clear", one)]
        copy = self.json("certify", "prepare", paper, *who, *answers)
        code = copy["code"]
        noted("copy", (code, copy["line"]["display"], copy["stage"]))
        for stage, step, key, by in [("prepared", "sign", "person", "chair"), ("signed", "seal", "seal", "clerk")]:
            if copy["stage"] == stage:
                key = ["--key", f"p12:{self.desk / key}.p12", "--pin-file", self.desk / "pin", "--by", by]
                copy = self.json("certify", step, code, *key)
                noted("copy", (code, copy["line"]["display"], copy["stage"]))
        out = self.folder / "out" / f"{code}.pdf"
        copy = self.json("certify", "deliver", code, "-o", out, "--by", "officer")
        noted("copy", (code, copy["line"]["display"], copy["stage"]))
        noted("file", (out.name, copy["sealed"]))

    def take_in(self, table, noted):
        """One table of documents."""
        folder = self.desk / f"old{table}"
        self.asked("archive", "import", folder / "table.csv", "--files", folder, "--by", "clerk")
        for row in range(ROWS):
            noted("document", f"{table * ROWS + row + 1}/UBND-VX")


def holds(office, known):
    """What was answered is there, nothing is half there, and work goes on to its end."""
    there = (office.folder / "data/archive/archive.sqlite3").exists()
    if known and not there:
        raise Found("the archive is gone")
    # An archive whose making nobody was told of may still lack its first checkpoint.
    if known:
        is_sound(office)
        kept(office, known)
    office.work_to_the_end(lambda kind, fact: None)
    is_sound(office)
    copies = office.json("certify", "list")
    if [copy["stage"] for copy in copies] != ["delivered"] * len(office.papers):
        raise Found(f"in the end {[copy['stage'] for copy in copies]}")
    if len({copy["original"] for copy in copies}) != len(office.papers):
        raise Found("in the end an original has two numbers")
    documents = office.json("archive", "find", "agency:UBND", "--limit", "1000", "--by", "clerk")["found"]["hits"]
    if sorted(one["number_symbol"] for one in documents) != sorted(f"{n + 1}/UBND-VX" for n in range(TABLES * ROWS)):
        raise Found(f"in the end {len(documents)} documents")


def is_sound(office):
    """Log, rows, files and search tables fit each other; numbers run from 1 without a gap; delivered files are whole."""
    report = office.json("archive", "check")
    if report["findings"]:
        raise Found(f"check: {report['findings'][0]['en']}")
    copies = office.json("certify", "list")
    numbers = sorted(copy["line"]["number"] for copy in copies)
    if numbers != list(range(1, len(copies) + 1)):
        raise Found(f"numbers {numbers}")
    sealed = {copy["code"]: copy["sealed"] for copy in copies}
    out = office.folder / "out"
    # What is not whole yet has another name.
    for path in sorted(out.glob("*.pdf")) if out.exists() else []:
        if hashlib.sha256(path.read_bytes()).hexdigest() != sealed.get(path.stem):
            raise Found(f"{path.name} is not what was sealed")


def kept(office, known):
    """Nothing that was answered is lost, and nobody's number changed."""
    copies = {copy["code"]: copy for copy in office.json("certify", "list")}
    people = {one["login"] for one in office.json("archive", "people")}
    found = office.json("archive", "find", "agency:UBND", "--limit", "1000", "--by", "clerk") if "clerk" in people else None
    documents = {one["number_symbol"] for one in found["found"]["hits"]} if found else set()
    for kind, fact in known:
        if kind == "person" and fact not in people:
            raise Found(f"{fact} was appointed and is not")
        if kind == "document" and fact not in documents:
            raise Found(f"the document {fact} was taken in and is lost")
        if kind == "file":
            path = office.folder / "out" / fact[0]
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != fact[1]:
                raise Found(f"{path.name} was delivered and is lost")
        if kind == "copy":
            code, display, stage = fact
            copy = copies.get(code)
            if copy is None or copy["line"]["display"] != display:
                raise Found(f"copy {code} had number {display} and is lost")
            if STAGES.index(copy["stage"]) < STAGES.index(stage):
                raise Found(f"copy {code} was {stage} and is {copy['stage']}")


def quietly(*command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


@contextlib.contextmanager
def unmounting(disk):
    try:
        yield
    finally:
        disk.close()


@contextlib.contextmanager
def mounted(image, folder):
    """The image, mounted; the file system mends itself by its journal first, as after any power cut."""
    device = attach(image)
    mount(device, folder)
    try:
        yield
    finally:
        quietly("umount", folder)
        quietly("losetup", "-d", device)


if __name__ == "__main__":
    main()
