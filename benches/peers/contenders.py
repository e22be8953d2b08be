"""Who runs: for each contender its command on a set of pages, and where its text and its output lie."""

import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Callable

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGE = "vie"
# libtesseract's own threads cost up to four times the CPU for less speed; every contender that leaves them to the
# environment gets the better setting, OCRmyPDF included (it sets it itself when it has several jobs).
ONE_THREAD = os.environ | {"OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True)
class Pages:
    """A measuring set: the same pages in the form each contender takes."""

    truth: pathlib.Path
    "Folder of NAME.txt."
    images: list
    "The scans, JPEG, in order."
    grey: list
    "The same as PGM, luma."
    pdf: pathlib.Path
    "The same scans, bytes untouched, as one PDF."

    def names(self):
        return [image.stem for image in self.images]


@dataclass(frozen=True)
class Contender:
    """A way to read the pages."""

    name: str
    command: Callable
    "(pages, out) -> argument list; `out` is an empty folder."
    texts: Callable
    "(pages, out, texts): writes or finds NAME.txt for each page in `texts`."
    output: Callable = lambda out: None
    "The PDF it made, if it makes one."
    workers: int = 2


def all_contenders(saoy, python):
    """By name. `saoy` is the program, `python` one that has OCRmyPDF."""
    ocrmypdf = [python, "-m", "ocrmypdf", "--quiet", "-l", LANGUAGE, "--output-type", "pdfa"]

    def saoy_with(*flags):
        return lambda pages, out: [saoy, "digitize", pages.pdf, "-o", out, "--lang", LANGUAGE, *flags]

    def ocrmypdf_with(*flags):
        return lambda pages, out: [*ocrmypdf, *flags, pages.pdf, out / "pages.pdf"]

    pdf = {"texts": text_of_pdf, "output": lambda out: out / "pages.pdf"}
    contenders = [
        Contender("saoy", saoy_with("--jobs", "2"), **pdf),
        Contender("saoy, 1 worker", saoy_with("--jobs", "1"), workers=1, **pdf),
        Contender("OCRmyPDF", ocrmypdf_with("--jobs", "2"), **pdf),
        Contender(
            "OCRmyPDF deskew, clean, optimize 3",
            ocrmypdf_with("--jobs", "2", "--deskew", "--clean", "--optimize", "3"),
            **pdf,
        ),
        Contender("tesseract command", tesseract, text_beside),
        Contender("bare recogniser", bare, text_beside, workers=1),
    ]
    return {contender.name: contender for contender in contenders}


def tesseract(pages, out):
    """The command once per scan, two at a time."""
    each = 'tesseract "$1" "$0/$(basename "$1" .jpg)" -l ' + LANGUAGE
    return ["xargs", "--arg-file", listing(pages.images, out), "-P", "2", "-n", "1", "sh", "-c", each, out]


def bare(pages, out):
    """libtesseract alone, one process, all pages."""
    return [sys.executable, HERE / "bare.py", LANGUAGE, out, *pages.grey]


def listing(paths, out):
    """A file naming `paths`, one per line."""
    file = out / "list"
    file.write_text("".join(f"{path}\n" for path in paths))
    return file


def text_beside(pages, out, texts):
    """The contender wrote NAME.txt itself."""
    for name in pages.names():
        (out / f"{name}.txt").rename(texts / f"{name}.txt")


def text_of_pdf(pages, out, texts):
    """What a reader finds: plain pdftotext, page by page."""
    for number, name in enumerate(pages.names(), start=1):
        page = ["-f", str(number), "-l", str(number)]
        subprocess.run(["pdftotext", *page, out / "pages.pdf", texts / f"{name}.txt"], check=True)
