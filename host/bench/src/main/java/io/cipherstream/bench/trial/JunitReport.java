package io.cipherstream.bench.trial;

import io.cipherstream.bench.trial.TrialResult.Outcome;
import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results in the XML of JUnit, which continuous integration servers show. */
public final class JunitReport {

  private static final String SUITE = "cipherstream sim";

  private JunitReport() {}

  /**
   * Writes the report.
   *
   * @throws TrialException if that fails
   */
  public static void write(Path file, String engine, List<TrialResult> results) {
    try {
      FileReplacer.PLAIN.replace(file, out -> write(out, engine, results));
    } catch (IOException e) {
      throw new TrialException(file + " cannot be written: " + e, e);
    }
  }

  private static void write(OutputStream out, String engine, List<TrialResult> results)
      throws IOException {
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newFactory().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", SUITE);
      xml.writeAttribute("tests", Integer.toString(results.size()));
      xml.writeAttribute("failures", count(results, Outcome.DIFFERS));
      xml.writeAttribute(
          "errors",
          Integer.toString(
              Integer.parseInt(count(results, Outcome.BAD_INPUT))
                  + Integer.parseInt(count(results, Outcome.FAILED))));
      xml.writeAttribute("time", seconds(results.stream().mapToDouble(TrialResult::seconds).sum()));
      xml.writeStartElement("properties");
      property(xml, "engine", engine);
      xml.writeEndElement();
      for (TrialResult result : results) {
        test(xml, result);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  private static String count(List<TrialResult> results, Outcome outcome) {
    return Long.toString(results.stream().filter(r -> r.outcome() == outcome).count());
  }

  private static void property(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeEmptyElement("property");
    xml.writeAttribute("name", name);
    xml.writeAttribute("value", value);
  }

  private static void test(XMLStreamWriter xml, TrialResult result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", result.group());
    xml.writeAttribute("name", result.name());
    xml.writeAttribute("time", seconds(result.seconds()));
    if (result.outcome() != Outcome.PASSED) {
      xml.writeStartElement(result.outcome() == Outcome.DIFFERS ? "failure" : "error");
      xml.writeAttribute("type", result.outcome().name());
      xml.writeAttribute("message", result.problems().get(0));
      xml.writeCharacters(String.join("\n", result.problems()));
      xml.writeEndElement();
    }
    xml.writeStartElement("system-out");
    xml.writeCharacters(
        String.format(
            Locale.ROOT,
            "%d instructions, %d cycles, %d words compared with the interpreter, %d with files",
            result.instructions(),
            result.cycles(),
            result.words(),
            result.expectedWords()));
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}
