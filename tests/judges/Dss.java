// Asks EU DSS, inside one Java process, what each signature of each PDF is worth, the roots in --trust being trusted.
//
// Dss [--online] --trust ROOTS.pem FILE... | Dss ... -   (one path per line on stdin); --online lets it ask the servers that
// certificates name for what a file does not carry.
//
// One line of JSON per file: {"file", "signatures": [{"level", "timestamps": [...], "by", "indication", "sub", "errors"}], "timestamps": [...]},
// or {"file": ..., "error": ...}. Exit 0 when every file was judged, 1 when some could not be, 2 when there was nothing to judge.
//
// DSS comes without the module that reads its policies from XML. The rules here say which of its checks count: all that its
// own default policy makes count for the format, the signature, the path, revocation, times and changes, and none about trusted lists,
// qualification and containers.

import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.Level;
import eu.europa.esig.dss.enumerations.SubContext;
import eu.europa.esig.dss.enumerations.ValidationModel;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.policy.CertificateApplicabilityRule;
import eu.europa.esig.dss.model.policy.CryptographicSuite;
import eu.europa.esig.dss.model.policy.LevelRule;
import eu.europa.esig.dss.model.policy.MultiValuesRule;
import eu.europa.esig.dss.model.policy.ValidationPolicy;
import eu.europa.esig.dss.service.crl.OnlineCRLSource;
import eu.europa.esig.dss.service.http.commons.CommonsDataLoader;
import eu.europa.esig.dss.service.http.commons.OCSPDataLoader;
import eu.europa.esig.dss.service.ocsp.OnlineOCSPSource;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public final class Dss {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Dss() {}

    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        boolean online = rest.remove("--online");
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        while (rest.size() >= 2 && rest.get(0).equals("--trust")) {
            byte[] pem = Files.readAllBytes(Path.of(rest.get(1)));
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                roots.addCertificate(DSSUtils.loadCertificate(((X509Certificate) one).getEncoded()));
            }
            rest = rest.subList(2, rest.size());
        }
        Security.addProvider(new BouncyCastleProvider());
        List<String> paths = paths(rest);
        boolean all = true;
        for (String path : paths) {
            all &= judge(path, roots, online);
        }
        System.exit(paths.isEmpty() ? 2 : all ? 0 : 1);
    }

    // A lone "-" means: one path per line on stdin, so that many files cost one start-up.
    private static List<String> paths(List<String> arguments) throws IOException {
        if (arguments.size() != 1 || !arguments.get(0).equals("-")) {
            return arguments;
        }
        try (var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            return stdin.lines().filter(line -> !line.isEmpty()).collect(Collectors.toList());
        }
    }

    private static boolean judge(String path, CommonTrustedCertificateSource roots, boolean online) {
        try {
            // Unless told otherwise nothing is fetched: what the file does not carry is missing.
            CommonCertificateVerifier verifier = new CommonCertificateVerifier(true);
            verifier.setTrustedCertSources(roots);
            if (online) {
                verifier.setCrlSource(new OnlineCRLSource(new CommonsDataLoader()));
                verifier.setOcspSource(new OnlineOCSPSource(new OCSPDataLoader()));
            }
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(path));
            validator.setCertificateVerifier(verifier);
            SimpleReport report = validator.validateDocument(policy()).getSimpleReport();
            List<String> signatures = new ArrayList<>();
            for (String id : report.getSignatureIdList()) {
                String stamps = report.getSignatureTimestamps(id).stream()
                        .map(stamp -> told(report, stamp.getId(), ""))
                        .collect(Collectors.joining(", "));
                String level = text(String.valueOf(report.getSignatureFormat(id)));
                signatures.add(told(report, id, "\"level\": " + level + ", \"timestamps\": [" + stamps + "], "));
            }
            String stamps = report.getTimestampIdList().stream()
                    .map(id -> told(report, id, ""))
                    .collect(Collectors.joining(", "));
            OUT.println("{\"file\": " + text(path) + ", \"signatures\": [" + String.join(", ", signatures)
                    + "], \"timestamps\": [" + stamps + "]}");
            return true;
        } catch (Exception | StackOverflowError | OutOfMemoryError reason) {
            // A damaged file ends its own judgement, not the list's.
            OUT.println("{\"file\": " + text(path) + ", \"error\": " + text(reason.toString()) + "}");
            return false;
        }
    }

    private static String told(SimpleReport report, String id, String more) {
        String errors = report.getAdESValidationErrors(id).stream()
                .map(message -> text(message.getKey() + ": " + message.getValue()))
                .collect(Collectors.joining(", "));
        String by = report.getSignedBy(id) == null ? report.getProducedBy(id) : report.getSignedBy(id);
        return "{" + more + "\"by\": " + text(String.valueOf(by))
                + ", \"indication\": " + text(String.valueOf(report.getIndication(id)))
                + ", \"sub\": " + text(String.valueOf(report.getSubIndication(id)))
                + ", \"errors\": [" + errors + "]}";
    }

    private static String text(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (char letter : value.toCharArray()) {
            if (letter == '"' || letter == '\\' || letter < ' ') {
                out.append(String.format("\\u%04x", (int) letter));
            } else {
                out.append(letter);
            }
        }
        return out.append('"').toString();
    }

    // Checks that do not count here: trusted lists and qualification, containers, what only some signatures have, two that no
    // file of one signature after another can meet (that a signature covers the bytes of later ones, that nothing was filled in), and
    // pictures of the pages compared: a seal is meant to lie over a part of the signature before it.
    private static final String NOT_COUNTED = "(?x) getTL.* | getTrustService.* | getCertificateQ.* | getCertificatePS2D.* | getCertificateIssuedTo.*"
            + "| getCertificatePolicy.*IdsConstraint | .*EvidenceRecord.* | .*Manifest.* | .*Zip.* | .*MimeType.* | .*SignedFiles.* | .*Filename.*"
            + "| .*PDFA.* | getSignerLocation.* | getContent.* | getCounterSignature.* | getClaimedRole.* | getCertifiedRoles.*"
            + "| getCommitmentType.* | getSignaturePolicy.* | getAllFilesSigned.* | getFullScope.* | getByteRangeAllDocument.* | getFormFillChanges.*"
            + "| getCertificateSelfSigned.* | getCertificateNotSelfSigned.* | getKeyIdentifier.* | getReferencesToAllCertificateChain.*"
            + "| getSigningCertificateRefersCertificateChain.* | getCertificateSerialNumber.* | .*InfoAccessPresent.* | getOCSPResponseCertHash.*"
            + "| getTimestampTSAGeneralName.* | getAtsHashIndex.* | .*TimeStampConstraint | getSigningDurationRule | getCertificatePseudo.*"
            + "| getStructuralValidation.* | getUnknownStatus.* | getCertificateNoRevAvail.* | getCertificateSunsetDate.* | getEllipticCurve.*"
            + "| getAcceptedContainer.* | getPdfVisualDifference.* | getPdfAnnotationOverlap.*"
            + "| getSigningCertificateDigestAlgorithm.* | getRevocationTimeAgainst.* | getRevocationFreshness.* | getReferenceDataName.*";

    private static ValidationPolicy policy() {
        LevelRule counts = () -> Level.FAIL;
        return (ValidationPolicy) Proxy.newProxyInstance(Dss.class.getClassLoader(), new Class<?>[] {ValidationPolicy.class},
                (proxy, method, arguments) -> rule(method, arguments, counts));
    }

    private static Object rule(Method method, Object[] arguments, LevelRule counts) {
        String name = method.getName();
        Class<?> kind = method.getReturnType();
        if (kind == CryptographicSuite.class) {
            return suite();
        } else if (kind == LevelRule.class) {
            boolean ofAuthority = name.equals("getCertificateCAConstraint") && arguments[1] != SubContext.CA_CERTIFICATE;
            return ofAuthority || name.matches(NOT_COUNTED) ? null : counts;
        } else if (kind == CertificateApplicabilityRule.class) {
            return withoutRevocation();
        } else if (kind == ValidationModel.class) {
            return ValidationModel.SHELL;
        } else if (kind == boolean.class) {
            return false;
        } else if (kind == String.class) {
            return "every file of its maker";
        }
        // Lists of values, durations and numbers: none is asked for.
        return null;
    }

    // Of whom no revocation data are asked: responders of which RFC 6960, 4.2.2.2.1 says so, by id-pkix-ocsp-nocheck.
    private static CertificateApplicabilityRule withoutRevocation() {
        MultiValuesRule extensions = (MultiValuesRule) Proxy.newProxyInstance(Dss.class.getClassLoader(), new Class<?>[] {MultiValuesRule.class},
                (proxy, method, arguments) -> method.getReturnType() == Level.class ? Level.IGNORE : List.of("1.3.6.1.5.5.7.48.1.5"));
        return (CertificateApplicabilityRule) Proxy.newProxyInstance(Dss.class.getClassLoader(), new Class<?>[] {CertificateApplicabilityRule.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getCertificateExtensions" -> extensions;
                    case "getLevel" -> Level.IGNORE;
                    default -> null;
                });
    }

    // SHA-1 does not count, RSA from 2048 bits, elliptic curves from 256.
    private static CryptographicSuite suite() {
        Map<String, Object> answers = Map.of(
                "getAcceptableDigestAlgorithms", List.of(DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512),
                "getAcceptableEncryptionAlgorithms", List.of(EncryptionAlgorithm.values()));
        return (CryptographicSuite) Proxy.newProxyInstance(Dss.class.getClassLoader(), new Class<?>[] {CryptographicSuite.class},
                (proxy, method, arguments) -> {
                    Class<?> kind = method.getReturnType();
                    Object answer = answers.get(method.getName());
                    return answer != null ? answer
                            : kind == Level.class ? Level.FAIL
                            : kind == List.class ? List.of()
                            : kind == Map.class ? Map.of()
                            : null;
                });
    }
}
