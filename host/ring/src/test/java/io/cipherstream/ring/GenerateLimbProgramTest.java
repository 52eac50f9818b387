package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build's generator refuses an instruction set that makes no sense. */
class GenerateLimbProgramTest {

  private static final Path XML = Path.of("src/main/program/limb-program.xml");
  private static final Path GENERATOR = Path.of("src/main/generator/GenerateLimbProgram.java");

  @TempDir Path folder;

  private void generate(ClassLoader loader, String xml) throws Throwable {
    Path file = folder.resolve("limb-program.xml");
    Files.writeString(file, xml);
    Method main = loader.loadClass("GenerateLimbProgram").getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(
          null, (Object) new String[] {file.toString(), folder.resolve("generated").toString()});
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void filesThatMakeNoSenseAreRefused() throws Throwable {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int rc =
        compiler.run(null, null, null, "-proc:none", "-d", folder.toString(), GENERATOR.toString());
    assertThat(rc).isZero();
    String good = Files.readString(XML);
    String[][] cases = {
      {"code=\"2\"", "code=\"1\"", "code 1 of INTT is taken"},
      {"code=\"2\"", "code=\"256\"", "INTT has the code 256, not a byte"},
      {
        "name=\"INTT\"", "name=\"NTT\"", "instruction name 'NTT' is no word in capitals or is taken"
      },
      {"offset=\"8\" bytes=\"8\"", "offset=\"7\" bytes=\"8\"", "overlaps the one before, up to 8"},
      {"offset=\"4\" bytes=\"4\"", "offset=\"4\" bytes=\"3\"", "expected 1, 2, 4 or 8"},
      {"offset=\"36\"", "offset=\"38\"", "expected a multiple of its bytes"},
      {"offset=\"36\"", "offset=\"64\"", "fields end at byte 68 of a descriptor of 64 bytes"},
      {"name=\"a-line\"", "name=\"d-line\"", "field d-line is there twice"},
      {"uses=\"dabrm\"", "uses=\"dabrmx\"", "MUL uses 'dabrmx'"},
      {"uses=\"dabrm\"", "uses=\"dDabrm\"", "one of d and D"},
      {"text=\"word-wise product\"", "text=\"\"", "MUL has no formula or text"}
    };
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      generate(loader, good);
      assertThat(folder.resolve("generated/java/io/cipherstream/ring/Opcode.java"))
          .hasContent(
              Files.readString(
                  Path.of("target/generated-sources/limb-program")
                      .resolve("java/io/cipherstream/ring/Opcode.java"),
                  StandardCharsets.UTF_8));
      for (String[] c : cases) {
        assertThat(good).contains(c[0]);
        int at = good.indexOf(c[0]);
        String bad = good.substring(0, at) + c[1] + good.substring(at + c[0].length());
        assertThatThrownBy(() -> generate(loader, bad))
            .as("%s instead of %s", c[1], c[0])
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("limb-program.xml: ")
            .hasMessageContaining(c[2]);
      }
    }
  }
}
