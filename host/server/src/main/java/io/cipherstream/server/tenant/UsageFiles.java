package io.cipherstream.server.tenant;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file a month, {@code 2026-11.json}, with what each tenant used on each day of it. For
 * accounting: it stays when the month is over, and nothing in it says what was asked.
 */
final class UsageFiles {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;

  /** The content of a file: tenant, then day as in 2026-11-30. */
  record Month(String month, SortedMap<String, SortedMap<String, Used>> tenants) {}

  UsageFiles(Path folder) throws IOException {
    OwnerOnly.createFolders(folder);
    this.folder = folder;
  }

  /** The days of a month by tenant; empty if there is no file. */
  SortedMap<String, SortedMap<LocalDate, Used>> read(YearMonth month) throws IOException {
    SortedMap<String, SortedMap<LocalDate, Used>> tenants = new TreeMap<>();
    Path file = file(month);
    if (Files.exists(file)) {
      Month stored = JSON.readValue(Files.readAllBytes(file), Month.class);
      stored
          .tenants()
          .forEach(
              (tenant, days) -> {
                SortedMap<LocalDate, Used> own = new TreeMap<>();
                days.forEach((day, used) -> own.put(LocalDate.parse(day), used));
                tenants.put(tenant, own);
              });
    }
    return tenants;
  }

  /** The content of a month's file. */
  static byte[] content(YearMonth month, SortedMap<String, SortedMap<LocalDate, Used>> tenants)
      throws IOException {
    SortedMap<String, SortedMap<String, Used>> text = new TreeMap<>();
    tenants.forEach(
        (tenant, days) -> {
          SortedMap<String, Used> own = new TreeMap<>();
          days.forEach((day, used) -> own.put(day.toString(), used));
          text.put(tenant, own);
        });
    return JSON.writeValueAsBytes(new Month(month.toString(), text));
  }

  void write(YearMonth month, byte[] content) throws IOException {
    FileReplacer.SECRET.replace(file(month), content);
  }

  private Path file(YearMonth month) {
    return folder.resolve(month + ".json");
  }
}
