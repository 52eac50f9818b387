package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build's generator refuses an instruction set that makes no sense. */
class GenerateCoreProgramTest {

  private static final Path XML = Path.of("src/main/program/core-program.xml");
  private static final Path GENERATOR = Path.of("src/main/generator/GenerateCoreProgram.java");

  @TempDir Path folder;

  private void generate(ClassLoader loader, String xml) throws Throwable {
    Path file = folder.resolve("core-program.xml");
    Files.writeString(file, xml);
    Method main = loader.loadClass("GenerateCoreProgram").getDeclaredMethod("main", String[].class);
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
      {"code=\"2\"", "code=\"1\"", "code 1 of STORE is taken"},
      {"code=\"2\"", "code=\"256\"", "STORE has the code 256, not a byte"},
      {
        "name=\"STORE\"",
        "name=\"LOAD\"",
        "operation name 'LOAD' is no word in capitals or is taken"
      },
      {
        "offset=\"32\" bytes=\"8\"",
        "offset=\"26\" bytes=\"8\"",
        "overlaps the one before, up to 28"
      },
      {"offset=\"24\" bytes=\"4\"", "offset=\"24\" bytes=\"3\"", "expected 1, 2, 4 or 8"},
      {"offset=\"56\"", "offset=\"64\"", "fields end at byte 72 of 64"},
      {"offset=\"14\"", "offset=\"15\"", "expected a multiple of its bytes"},
      {"name=\"x-slot\"", "name=\"a-slot\"", "field a-slot is there twice"},
      {"bit=\"8\"", "bit=\"7\"", "flag MEMORY_A is taken"},
      {"bit=\"8\"", "bit=\"16\"", "flag MEMORY_A is no bit of two bytes"},
      {"uses=\"daomg\"", "uses=\"daomz\"", "XFM uses 'daomz'"},
      {"text=\"a sum of products\"", "text=\"\"", "DOT has no text"}
    };
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      generate(loader, good);
      assertThat(folder.resolve("generated/c/core_program.h")).exists();
      for (String[] c : cases) {
        assertThat(good).as(c[0]).contains(c[0]);
        assertThatThrownBy(() -> generate(loader, good.replaceFirst(c[0], c[1])))
            .as(c[0] + " as " + c[1])
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(c[2]);
      }
    }
  }
}
