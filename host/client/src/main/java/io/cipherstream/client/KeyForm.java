package io.cipherstream.client;

import java.nio.file.Path;

/** How the content of a secret key's file lies on the disk. Thread-safe. */
interface KeyForm {

  /** As it is, which the rights of the file protect. */
  KeyForm PLAIN =
      new KeyForm() {
        @Override
        public byte[] written(byte[] content) {
          return content;
        }

        @Override
        public byte[] read(byte[] written, Path file) {
          return written;
        }
      };

  /** The bytes of a file; of some forms the content itself. */
  byte[] written(byte[] content);

  /**
   * The content of a file.
   *
   * @param file for messages
   * @throws ClientException of kind KEY_FILE if the bytes are of another form or passphrase
   */
  byte[] read(byte[] written, Path file);

  /** Under a passphrase. */
  record Sealed(KeyPassphrase passphrase) implements KeyForm {
    @Override
    public byte[] written(byte[] content) {
      return passphrase.sealed(content);
    }

    @Override
    public byte[] read(byte[] written, Path file) {
      return passphrase.opened(written, file);
    }
  }
}
