"""Says what pyHanko thinks of the signatures in PDFs: `pades.py --trust ROOT.pem FILE...`.

One JSON object per file and line: `path`, and `signatures` from the first to the last, each with
- `field`, `kind`: `signature` or `timestamp` (a document timestamp);
- `verdict`: pyHanko's bottom line, "judged valid": intact, trusted, nothing after it but what may be; new visible signature
  fields may, also after a certification, as Acrobat has it;
- `strict`: the same where they may not after a certification: pyHanko's default, "stricter than Acrobat";
- `coverage`, `changes`, `certified`: how far it reaches, what came after, the level of DocMDP;
- `level`: `lta` when validation of archived signatures (EN 319 102-1, 5.6) passes, `lt` when that of signatures with time
  (5.5) does, both with revocation data of every certificate in the file and nobody asked; `t` when it holds a timestamp
  that is valid and trusted, or such a document timestamp is behind it (then never more: pyHanko's two validations want one in
  the signature); else `b`. Null for document timestamps.
A file that cannot be read has `error` in place of `signatures`. Exit 0 whatever the verdicts are: the caller compares.
"""

import asyncio
import dataclasses
import json
import logging
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

from asn1crypto import crl, ocsp, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    FormUpdatingRule,
    GenericFieldModificationRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
)
from pyhanko.sign.validation import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer
from pyhanko_certvalidator.registry import SimpleTrustManager


def certificate(path):
    with open(path, "rb") as file:
        data = file.read()
    if pem.detect(data):
        data = pem.unarmor(data)[2]
    return x509.Certificate.load(data)


# Either says that its holder signs with it (RFC 5280, 4.2.1.3); pyHanko's default wants the second.
SIGNS = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


async def level_of(signature, roots, is_stamped, changes):
    policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    nobody = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = SignatureValidationSpec(
        policy, nobody, ts_cert_validation_policy=policy, key_usage_settings=SIGNS
    )
    if not is_stamped:
        return "b"
    archived = await ades_lta_validation(signature, PdfSignatureValidationSpec(spec, changes))
    if archived.ades_subindic is AdESPassed.OK:
        return "lta"
    in_file = dataclasses.replace(spec, local_knowledge=knowledge(signature.reader))
    digest = signature.compute_digest()
    proven = await ades_with_time_validation(signature.signed_data, in_file, raw_digest=digest)
    return "lt" if proven.ades_subindic is AdESPassed.OK else "t"


def knowledge(reader):
    """What the document's security store holds."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return LocalKnowledge()
    ocsps = [ocsp.OCSPResponse.load(held.get_object().data) for held in store.ocsps]
    return LocalKnowledge(
        known_ocsps=[one for each in ocsps for one in OCSPContainer.load_multi(each)],
        known_crls=[CRLContainer(crl.CertificateList.load(held.get_object().data)) for held in store.crls],
        known_certs=list(store.load_certs()),
    )


# All of the default policy but that one setting.
LIKE_ACROBAT = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(allow_new_visible_after_certify=True),
            SigFieldModificationRule(),
            GenericFieldModificationRule(),
        ]
    ),
)


async def one(signature, roots, policy, is_covered):
    # Whoever holds a B-B or B-T asks for revocation elsewhere; here nobody does.
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    is_timestamp = signature.sig_object_type == "/DocTimeStamp"
    if is_timestamp:
        status = await async_validate_pdf_timestamp(signature, validation_context=context, diff_policy=policy)
    else:
        status = await async_validate_pdf_signature(
            signature, signer_validation_context=context, key_usage_settings=SIGNS, diff_policy=policy
        )
    stamp = getattr(status, "timestamp_validity", None)
    is_stamped = is_covered or bool(stamp and stamp.valid and stamp.trusted)
    certified = signature.docmdp_level
    return {
        "field": signature.field_name,
        "kind": "timestamp" if is_timestamp else "signature",
        "verdict": bool(status.intact and status.valid and status.trusted if is_timestamp else status.bottom_line),
        "coverage": status.coverage.name,
        "changes": status.modification_level.name if getattr(status, "modification_level", None) else None,
        "certified": certified.value if certified is not None else None,
        "level": None if is_timestamp else await level_of(signature, roots, is_stamped, policy),
    }


async def judged(path, roots):
    with open(path, "rb") as file:
        # Strict reading refuses every hybrid file, which Word writes.
        answers = []
        for policy in (LIKE_ACROBAT, DEFAULT_DIFF_POLICY):
            reader = PdfFileReader(file, strict=False)
            answer, is_covered = [], False
            for signature in reversed(reader.embedded_signatures):
                answer.insert(0, await one(signature, roots, policy, is_covered))
                is_covered |= answer[0]["kind"] == "timestamp" and answer[0]["verdict"]
            answers.append(answer)
        for answer, strict in zip(*answers):
            answer["strict"] = strict["verdict"]
        return answers[0]


def main(arguments):
    # Verdicts are on standard output; how it came by them fills pages.
    logging.disable(logging.CRITICAL)
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
