package io.cipherstream.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import io.cipherstream.cli.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs command lines one after the other in one process on the packaged class path: most commands
 * take less time than Java takes to start. A line of input is a JSON array of the file for the
 * command's output, the file for its messages and its words; a line of output that begins with
 * {@link #ANSWER} is its exit code. What processes of the command write is not in its files. Ends
 * with its input.
 */
final class CommandHost {

  static final String ANSWER = "exit code ";

  private static final TypeReference<List<String>> WORDS = new TypeReference<>() {};

  private CommandHost() {}

  public static void main(String[] none) throws IOException {
    PrintStream answers = System.out;
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.setIn(InputStream.nullInputStream());
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      List<String> words = Json.MAPPER.readValue(line, WORDS);
      answers.println(ANSWER + run(words.get(0), words.get(1), words.subList(2, words.size())));
    }
    System.exit(0);
  }

  private static int run(String out, String err, List<String> command) throws IOException {
    try (PrintStream output = new PrintStream(out, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(err, StandardCharsets.UTF_8)) {
      System.setOut(output);
      System.setErr(messages);
      return Main.run(command.toArray(String[]::new));
    }
  }
}
