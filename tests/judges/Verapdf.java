// Asks the veraPDF engine, inside one Java process, whether each PDF keeps the PDF/A part it claims.
//
// One line per file, tab-separated: verdict, flavour, failed rules, path.
//   PASS       every rule of the claimed flavour holds; the rules column is "-"
//   FAIL       some do not; rules are "clause-test×count", space-separated, in clause order
//   NOFLAVOUR  the file claims no PDF/A part
//   ERROR      the file could not be parsed; the rules column holds the reason
// Exit 0 when every file passed, 1 when any did not, 2 when there was nothing to judge.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

public final class Verapdf {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Verapdf() {}

    public static void main(String[] arguments) throws IOException {
        // The engine logs parser chatter on stderr; verdicts are all a test wants.
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        List<String> paths = paths(arguments);
        boolean allPassed = true;
        for (String path : paths) {
            allPassed &= judge(path);
        }
        System.exit(paths.isEmpty() ? 2 : allPassed ? 0 : 1);
    }

    // A lone "-" means: one path per line on stdin, so that thousands of files cost one start-up.
    private static List<String> paths(String[] arguments) throws IOException {
        if (arguments.length != 1 || !arguments[0].equals("-")) {
            return List.of(arguments);
        }
        try (var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            return stdin.lines().filter(line -> !line.isEmpty()).collect(Collectors.toList());
        }
    }

    private static boolean judge(String path) {
        try (InputStream bytes = Files.newInputStream(Path.of(path));
                PDFAParser parser = Foundries.defaultInstance().createParser(bytes)) {
            PDFAFlavour flavour = claimed(parser);
            if (flavour == null) {
                return tell("NOFLAVOUR", "-", "-", path);
            }
            try (var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                String verdict = result.isCompliant() ? "PASS" : "FAIL";
                return tell(verdict, flavour.getId(), failedRules(result), path);
            }
        } catch (Exception | StackOverflowError | OutOfMemoryError reason) {
            // A damaged file ends its own judgement, not the list's.
            return tell("ERROR", "-", reason.toString(), path);
        }
    }

    // `getFlavour` throws on a file without PDF/A metadata, and a file may claim PDF/UA besides.
    private static PDFAFlavour claimed(PDFAParser parser) {
        return parser.getFlavours().stream()
                .filter(flavour -> flavour.getId().matches("[1-4][abuef]?"))
                .findFirst()
                .orElse(null);
    }

    private static String failedRules(ValidationResult result) {
        Map<String, Integer> counts = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                RuleId rule = assertion.getRuleId();
                counts.merge(rule.getClause() + "-" + rule.getTestNumber(), 1, Integer::sum);
            }
        }
        return counts.isEmpty()
                ? "-"
                : counts.entrySet().stream()
                        .map(rule -> rule.getKey() + "×" + rule.getValue())
                        .collect(Collectors.joining(" "));
    }

    private static boolean tell(String verdict, String flavour, String rules, String path) {
        OUT.println(String.join("\t", verdict, flavour, rules.replaceAll("\\s*[\\t\\r\\n]+\\s*", " "), path));
        return verdict.equals("PASS");
    }
}
