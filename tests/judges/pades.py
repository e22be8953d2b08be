"""Says what pyHanko thinks of the signatures in PDFs: `pades.py --trust ROOT.pem FILE...`.

One JSON object per file and line: `path`, and `signatures` from the first to the last, each with
- `field`, `kind`: `signature` or `timestamp` (a document timestamp);
- `verdict`: pyHanko's bottom line, "judged valid": intact, trusted, nothing after it but what its policy allows;
- `coverage`, `changes`, `certified`: how far it reaches, what came after, the level of DocMDP;
- `stamped`: whether it holds a timestamp that is valid and trusted;
- `lasting`: what validation by EN 319 102-1, 5.6 (long-term) says when every certificate must have revocation data in the
  file and nobody is asked: `PASSED`, or the sub-indication; null for document timestamps.
A file that cannot be read has `error` in place of `signatures`. Exit 0 whatever the verdicts are: the caller compares.
"""

import asyncio
import json
import sys
import types


class Absent(types.ModuleType):
    """In place of an HTTP client: nothing here asks anybody, and two native packages are spared."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


for absent in ("aiohttp", "certifi"):
    sys.modules[absent] = Absent(absent)

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO
from pyhanko_certvalidator.registry import SimpleTrustManager


def certificate(path):
    with open(path, "rb") as file:
        data = file.read()
    if pem.detect(data):
        data = pem.unarmor(data)[2]
    return x509.Certificate.load(data)


async def lasting(signature, roots):
    policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), REQUIRE_REVINFO)
    nobody = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = SignatureValidationSpec(policy, nobody, ts_cert_validation_policy=policy)
    result = await ades_lta_validation(signature, PdfSignatureValidationSpec(spec))
    return result.ades_subindic.status.name + ":" + result.ades_subindic.name


async def one(signature, roots):
    # Whoever holds a B-B or B-T asks for revocation elsewhere; here nobody does.
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    is_timestamp = signature.sig_object_type == "/DocTimeStamp"
    if is_timestamp:
        status = await async_validate_pdf_timestamp(signature, validation_context=context)
    else:
        status = await async_validate_pdf_signature(signature, signer_validation_context=context)
    stamp = getattr(status, "timestamp_validity", None)
    level = signature.docmdp_level
    return {
        "field": signature.field_name,
        "kind": "timestamp" if is_timestamp else "signature",
        "verdict": bool(status.bottom_line),
        "coverage": status.coverage.name,
        "changes": status.modification_level.name if getattr(status, "modification_level", None) else None,
        "certified": level.value if level is not None else None,
        "stamped": bool(stamp and stamp.valid and stamp.trusted),
        "lasting": None if is_timestamp else await lasting(signature, roots),
    }


async def judged(path, roots):
    with open(path, "rb") as file:
        # Strict reading refuses every hybrid file, which Word writes.
        reader = PdfFileReader(file, strict=False)
        return [await one(signature, roots) for signature in reader.embedded_signatures]


def main(arguments):
    roots, files = [], []
    while arguments:
        argument = arguments.pop(0)
        if argument == "--trust":
            roots.append(certificate(arguments.pop(0)))
        else:
            files.append(argument)
    for path in files:
        try:
            answer = {"path": path, "signatures": asyncio.run(judged(path, roots))}
        except Exception as error:  # a file's own fault ends its own judgement, not the list's
            answer = {"path": path, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    return 0 if files else 2


sys.exit(main(sys.argv[1:]))
