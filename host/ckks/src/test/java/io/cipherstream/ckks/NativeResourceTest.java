package io.cipherstream.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeResourceTest {

  private final List<String> deleted = new ArrayList<>();
  private final NativeResource<String> resource =
      new NativeResource<>("the thing", "pointer", deleted::add);

  @Test
  void closingDeletesOnce() {
    resource.close();
    resource.close();
    assertThat(deleted).containsExactly("pointer");
    assertThatThrownBy(resource::acquire)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the thing is closed");
  }

  @Test
  void memoryOutlivesCloseUntilTheLastUserIsDone() {
    assertThat(resource.acquire()).isEqualTo("pointer");
    assertThat(resource.acquire()).isEqualTo("pointer");
    resource.close();
    assertThatThrownBy(resource::acquire).isInstanceOf(IllegalStateException.class);
    resource.release();
    assertThat(deleted).isEmpty();
    resource.release();
    assertThat(deleted).containsExactly("pointer");
  }

  @Test
  void nativeErrorsGetTheirKind() {
    CkksException words =
        CkksException.ofNative("import", new RuntimeException("WORDS|word 3 is 9, expected less"));
    assertThat(words.kind()).isEqualTo(Kind.WORDS);
    assertThat(words).hasMessage("import: word 3 is 9, expected less");
    CkksException other = CkksException.ofNative("add", new RuntimeException("out of memory"));
    assertThat(other.kind()).isEqualTo(Kind.NATIVE);
    assertThat(other).hasMessage("add: out of memory");
  }
}
