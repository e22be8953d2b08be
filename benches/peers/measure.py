"""Measures saoy against its peers on one set of pages, in one go, and prints the figures as Markdown.

Rounds are interleaved: in each, every contender reads all pages once, in an order that turns round from round to
round, so that a slow stretch of the machine falls on all. Figures are given per page as min / median / max over the
rounds; a ratio is taken within a round, then min / median / max of those. See ../README.md.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import cost
from contenders import ONE_THREAD, Pages, all_contenders


def main():
    options = arguments()
    cost.adopt_orphans()
    work = pathlib.Path(tempfile.mkdtemp(prefix="peers-"))
    try:
        pages = gather(options, work)
        contenders = chosen(options)
        rounds = [one_round(number, contenders, pages, work) for number in range(options.rounds)]
        alone = first_page(contenders, pages, work) if options.first_page else {}
        result = {
            "set": str(options.pages),
            "machine": machine(),
            "versions": versions(options),
            "pages": len(pages.images),
            "rounds": [{name: vars(run) for name, run in costs.items()} for costs in rounds],
            "first_page": {name: vars(run) for name, run in alone.items()},
            "text": {each.name: score(each, pages, work, options.score) for each in contenders},
            "bytes": {each.name: size(each, work) for each in contenders},
            "bytes_in": pages.pdf.stat().st_size,
            "workers": {each.name: each.workers for each in contenders},
        }
    finally:
        if not options.keep:
            shutil.rmtree(work)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(report(result))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=pathlib.Path, help="folder of NAME.jpg with NAME.txt, as `saoy-samples eval` writes")
    parser.add_argument("--saoy", default="target/release/saoy", help="the program")
    parser.add_argument("--score", default="target/release/saoy-samples", help="the scorer")
    parser.add_argument("--python", default=sys.executable, help="a Python that has OCRmyPDF")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="use only the first so many pages")
    parser.add_argument("--only", help="contenders to run, by name, separated by semicolons")
    parser.add_argument("--first-page", action="store_true", help="also one page alone: what a start costs")
    parser.add_argument("--json", type=pathlib.Path, help="also write the raw figures to this file")
    parser.add_argument("--keep", action="store_true", help="keep the working folder with all outputs")
    return parser.parse_args()


def chosen(options):
    """The contenders asked for, all of them by default; a missing program ends the run before it starts."""
    everyone = all_contenders(str(pathlib.Path(options.saoy).absolute()), options.python)
    names = [name.strip() for name in options.only.split(";")] if options.only else list(everyone)
    unknown = [name for name in names if name not in everyone]
    if unknown:
        sys.exit(f"measure: no contender {unknown}; there are: {'; '.join(everyone)}")
    if any(name.startswith("saoy") for name in names) and not pathlib.Path(options.saoy).exists():
        sys.exit(f"measure: {options.saoy} is not built: cargo build --release")
    return [everyone[name] for name in names]


def gather(options, work):
    """The set in all its forms; made before anything is measured."""
    # From OCRmyPDF's own environment: wraps the JPEG bytes untouched, as scanning software does.
    wrap = [options.python, "-m", "img2pdf", "--output"]
    to_grey = "import sys; from PIL import Image; Image.open(sys.argv[1]).convert('L').save(sys.argv[2])"
    images = sorted(options.pages.glob("*.jpg"))[: options.limit]
    if not images:
        sys.exit(f"measure: no *.jpg in {options.pages}")
    truth = work / "truth"
    truth.mkdir()
    grey = []
    for image in images:
        shutil.copy(image.with_suffix(".txt"), truth)
        grey.append(work / f"{image.stem}.pgm")
        subprocess.run([options.python, "-c", to_grey, image, grey[-1]], check=True)
    for name, group in (("pages.pdf", images), ("first/pages.pdf", images[:1])):
        (work / name).parent.mkdir(exist_ok=True)
        subprocess.run([*wrap, work / name, *group], check=True)
    return Pages(truth, [image.absolute() for image in images], grey, work / "pages.pdf")


def one_round(number, contenders, pages, work):
    """Every contender once; who begins changes from round to round."""
    turn = number % len(contenders)
    costs = {}
    for contender in contenders[turn:] + contenders[:turn]:
        costs[contender.name] = run(contender, pages, work / "out")
        each = costs[contender.name].cpu / len(pages.images)
        print(f"round {number + 1}: {contender.name}: {each:.2f} CPU s/page", file=sys.stderr, flush=True)
    return costs


def first_page(contenders, pages, work):
    """Each contender on the first page alone."""
    alone = Pages(pages.truth, pages.images[:1], pages.grey[:1], work / "first" / "pages.pdf")
    return {each.name: run(each, alone, work / "alone") for each in contenders}


def run(contender, pages, into):
    """One contender on all pages, into a folder emptied before: nobody may resume."""
    out = into / contender.name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = contender.command(pages, out)
    return cost.run([str(word) for word in command], ONE_THREAD, into / f"{contender.name}.log")


def score(contender, pages, work, scorer):
    """The scorer's total: order-free and ordered character errors, word errors, three-word phrases found; percent."""
    texts = work / "texts" / contender.name
    texts.mkdir(parents=True)
    contender.texts(pages, work / "out" / contender.name, texts)
    told = subprocess.run(
        [scorer, "score", "--truth", pages.truth, "--pred", texts], check=True, capture_output=True, text=True
    )
    total = told.stdout.splitlines()[-1]
    return {name: float(value) for name, value in re.findall(r"(\w+)\s+([\d.]+)", total.removeprefix("total"))}


def size(contender, work):
    """Bytes of the PDF it made, None where it makes none."""
    output = contender.output(work / "out" / contender.name)
    return output.stat().st_size if output else None


def machine():
    """What ran this, and how busy it was."""
    cpu = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "cpu": cpu[1] if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "date": time.strftime("%Y-%m-%d"),
    }


def versions(options):
    """First lines of what the programs say of themselves."""
    asked = {"tesseract": ["tesseract", "--version"], "OCRmyPDF": [options.python, "-m", "ocrmypdf", "--version"]}
    lines = {name: subprocess.run(command, capture_output=True, text=True) for name, command in asked.items()}
    return {name: (told.stdout or told.stderr).splitlines()[0].split()[-1] for name, told in lines.items()}


def report(result):
    """The Markdown tables."""
    pages, names = result["pages"], list(result["rounds"][0])

    def over_rounds(figure):
        return [figure(costs) for costs in result["rounds"]]

    def per_page(name, member):
        return spread(over_rounds(lambda costs: costs[name][member] / pages))

    machine, lines = result["machine"], []
    programs = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    lines += [
        f"{machine['date']}, {machine['cores']} cores ({machine['cpu']}), load {machine['load']:.1f} at the end; {programs}.",
        f"{pages} pages of `{pathlib.Path(result['set']).name}`, {result['bytes_in'] / pages / 1000:.0f} kB each, "
        f"{len(result['rounds'])} rounds; min / median / max.",
        "",
        "| | workers | CPU s/page | wall s/page | pages per CPU s | peak MB | kB/page out | CERf % | CERs % | P3 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in names:
        text, made = result["text"][name], result["bytes"][name]
        rate = 1 / statistics.median(over_rounds(lambda costs: costs[name]["cpu"] / pages))
        peak = max(over_rounds(lambda costs: costs[name]["peak"])) / 1e6
        lines.append(
            f"| {name} | {result['workers'][name]} | {per_page(name, 'cpu')} | {per_page(name, 'wall')} | {rate:.2f} "
            f"| {peak:.0f} | {f'{made / pages / 1000:.0f}' if made else '-'} "
            f"| {text['CERf']:.2f} | {text['CERs']:.2f} | {text['P3']:.1f} |"
        )
    lines += ["", *ratios(names, over_rounds), *starts(result)]
    return "\n".join(lines)


def ratios(names, over_rounds):
    """CPU of each contender over each other that stands below it in the list, taken within a round."""
    lines = ["| CPU of | over CPU of | ratio |", "|---|---|---|"]
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            pair = over_rounds(lambda costs: costs[first]["cpu"] / costs[second]["cpu"])
            lines.append(f"| {first} | {second} | {spread(pair)} |")
    if {"saoy", "saoy, 1 worker"} <= set(names):
        gain = over_rounds(lambda costs: costs["saoy, 1 worker"]["wall"] / costs["saoy"]["wall"])
        lines += ["", f"Wall time, 1 worker over 2: {spread(gain)} (means something on an idle machine only)."]
    return lines


def starts(result):
    """One page alone: what a start adds to a page."""
    if not result["first_page"]:
        return []
    lines = ["", "| one page alone | CPU s | wall s | peak MB |", "|---|---|---|---|"]
    for name, run in result["first_page"].items():
        lines.append(f"| {name} | {run['cpu']:.2f} | {run['wall']:.2f} | {run['peak'] / 1e6:.0f} |")
    return lines


def spread(values):
    """min / median / max."""
    return " / ".join(f"{value:.2f}" for value in (min(values), statistics.median(values), max(values)))


main()
