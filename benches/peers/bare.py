"""The bare recogniser: the system's libtesseract in this process, one thread, a grey buffer in, text out; nothing else.

    OMP_THREAD_LIMIT=1 python3 bare.py LANGUAGE OUT_FOLDER PAGE.pgm...

The floor any program around the same library stands on. PGM (P5) costs nothing to read, so what is counted is the
engine: default page segmentation (3), one handle for all pages, text of each page to OUT_FOLDER/STEM.txt.
"""

import ctypes
import ctypes.util
import pathlib
import re
import sys

PSM_AUTO = 3


def engine():
    """libtesseract with the C signatures used here (tesseract/capi.h)."""
    name = ctypes.util.find_library("tesseract") or "libtesseract.so.5"
    lib = ctypes.CDLL(name)
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    signatures = {
        "TessBaseAPICreate": (handle, []),
        "TessBaseAPIDelete": (None, [handle]),
        "TessBaseAPIInit3": (number, [handle, text, text]),
        "TessBaseAPISetPageSegMode": (None, [handle, number]),
        "TessBaseAPISetImage": (None, [handle, text, number, number, number, number]),
        "TessBaseAPISetSourceResolution": (None, [handle, number]),
        "TessBaseAPIRecognize": (number, [handle, handle]),
        # Kept as an address: the string is the library's to free.
        "TessBaseAPIGetUTF8Text": (handle, [handle]),
        "TessDeleteText": (None, [handle]),
    }
    for function, (result, arguments) in signatures.items():
        entry = getattr(lib, function)
        entry.restype, entry.argtypes = result, arguments
    return lib


def read_pgm(path):
    """Width, height and pixels of a binary PGM with 8-bit samples."""
    data = path.read_bytes()
    header = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", data)
    if not header:
        sys.exit(f"bare: {path} is no 8-bit binary PGM")
    width, height = int(header[1]), int(header[2])
    return width, height, data[header.end():]


def main():
    language, out = sys.argv[1], pathlib.Path(sys.argv[2])
    lib = engine()
    api = lib.TessBaseAPICreate()
    if lib.TessBaseAPIInit3(api, None, language.encode()) != 0:
        sys.exit(f"bare: no model for {language}")
    lib.TessBaseAPISetPageSegMode(api, PSM_AUTO)
    for path in map(pathlib.Path, sys.argv[3:]):
        width, height, pixels = read_pgm(path)
        lib.TessBaseAPISetImage(api, pixels, width, height, 1, width)
        lib.TessBaseAPISetSourceResolution(api, 300)
        if lib.TessBaseAPIRecognize(api, None) != 0:
            sys.exit(f"bare: {path} not recognised")
        address = lib.TessBaseAPIGetUTF8Text(api)
        (out / f"{path.stem}.txt").write_bytes(ctypes.string_at(address))
        lib.TessDeleteText(address)
    lib.TessBaseAPIDelete(api)


main()
