package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.base.ExitCodes;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of exit codes that {@code --help} shows is the one that the manual has. */
class ExitCodeListTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| (.+) \\|$");

  private static Map<Integer, String> help() {
    Map<Integer, String> codes = new TreeMap<>();
    Main.commandLine()
        .getCommandSpec()
        .usageMessage()
        .exitCodeList()
        .forEach((code, text) -> codes.put(Integer.valueOf(code), text));
    return codes;
  }

  @Test
  void theManualSaysWhatTheHelpSays() {
    String manual = SourceTree.text(SourceTree.ROOT.resolve("docs/using.md"));
    int from = manual.indexOf("## Exit codes");
    Map<Integer, String> codes = new TreeMap<>();
    ROW.matcher(manual.substring(from, manual.indexOf("\n## ", from)))
        .results()
        .forEach(row -> codes.put(Integer.valueOf(row.group(1)), row.group(2)));
    assertThat(codes).isEqualTo(help());
  }

  @Test
  void everyExitCodeIsListed() {
    assertThat(help().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ExitCodes.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .map(ExitCodeListTest::value)
                .toList());
  }

  private static Integer value(Field code) {
    try {
      return code.getInt(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
