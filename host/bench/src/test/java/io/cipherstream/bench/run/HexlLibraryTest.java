package io.cipherstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HexlLibraryTest {

  @TempDir private Path folder;

  @Test
  void aFolderWithoutTheLibraryIsNone() {
    assertThat(HexlLibrary.in(folder).classes()).isNull();
    assertThat(HexlLibrary.in(folder).missing()).contains("libjniSealShim.so");
  }

  @Test
  void theLibraryAndItsVersionAreFound() throws IOException {
    Path library = folder.resolve("io/cipherstream/seal/jni/linux-x86_64-hexl/libjniSealShim.so");
    Files.createDirectories(library.getParent());
    Files.writeString(library, "");
    Files.writeString(folder.resolve("hexl.version"), "1.2.3\n");
    assertThat(HexlLibrary.in(folder)).isEqualTo(new HexlLibrary(folder, "1.2.3", null));
  }
}
