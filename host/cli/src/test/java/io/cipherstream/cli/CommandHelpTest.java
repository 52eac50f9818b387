package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.base.ExitCodes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command says what it is for and how it is used; what {@code serve} says is the appliance's,
 * a program of its own.
 */
class CommandHelpTest {

  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(Main.commandLine(), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine line, List<String> words, List<List<String>> all) {
    all.add(words);
    line.getSubcommands()
        .forEach(
            (name, below) -> {
              List<String> more = new ArrayList<>(words);
              more.add(name);
              if (!List.of("serve", "store", "tenant")
                  .contains(name)) { // programs of the appliance
                collect(below, more, all);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void hasHelp(List<String> words) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true));
    String[] asked = Stream.concat(words.stream(), Stream.of("--help")).toArray(String[]::new);
    assertThat(line.execute(asked)).isEqualTo(ExitCodes.OK);
    assertThat(out.toString())
        .contains(
            "Usage: "
                + String.join(
                    " ", Stream.concat(Stream.of("cipherstream"), words.stream()).toList()));
    CommandLine found = line;
    for (String word : words) {
      found = found.getSubcommands().get(word);
    }
    assertThat(found.getCommandSpec().usageMessage().description()).isNotEmpty();
  }
}
