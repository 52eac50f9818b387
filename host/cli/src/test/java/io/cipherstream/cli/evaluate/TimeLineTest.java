package io.cipherstream.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TimeLineTest {

  private static String metrics(int inferences) {
    return "# HELP he_inference_part_seconds Time of inferences by what they are at\n"
        + "# TYPE he_inference_part_seconds summary\n"
        + timer("he_inference_part_seconds", "part=\"receive\"", inferences, 0.25)
        + timer("he_inference_part_seconds", "part=\"step\"", inferences, 0.5)
        + timer("he_inference_part_seconds", "part=\"send\"", inferences, 0.25)
        + timer("he_message_seconds", "op=\"decode\"", 3 * inferences, 0.0625)
        + timer("he_message_seconds", "op=\"encode\"", inferences, 0.125)
        + timer(
            "he_operation_seconds",
            "engine=\"seal-limb\",limbs=\"2\",op=\"rotate\"",
            4 * inferences,
            0.125)
        + timer("he_operation_seconds", "engine=\"seal-limb\",limbs=\"2\",op=\"add\"", 7, 1e-4 / 7)
        + "he_queue_seconds_count "
        + inferences
        + "\nhe_queue_seconds_sum 0.0\n"
        + "he_queue_seconds_bucket{le=\"0.001\"} 3\n"
        + "http_server_requests_total{code=\"200\"} 1.0E3\n";
  }

  private static String timer(String name, String labels, int count, double each) {
    return name
        + "_count{"
        + labels
        + "} "
        + count
        + "\n"
        + name
        + "_sum{"
        + labels
        + "} "
        + count * each
        + "\n"
        + name
        + "_max{"
        + labels
        + "} 9.0E-1\n";
  }

  @Test
  void theDifferenceOfTwoScrapesIsWhatHappenedBetweenThem() {
    TimeLine line = TimeLine.between(metrics(1), metrics(5), 4);
    assertThat(line.lines())
        .extracting(l -> l.part() + ":" + l.what() + ":" + l.count())
        .containsExactly(
            "receive::4",
            "receive:decode:12",
            "step::4",
            "step:turn awaited:4",
            "step:rotate, 2 limbs, seal-limb:16",
            "send::4",
            "send:encode:4");
    assertThat(line.lines().get(0).seconds()).isCloseTo(1, within(1e-12));
    assertThat(line.lines().get(4).seconds()).isCloseTo(2, within(1e-12));
    StringWriter text = new StringWriter();
    line.print(new PrintWriter(text));
    assertThat(text.toString())
        .contains("mean of 4 inferences")
        .containsPattern("rotate, 2 limbs, seal-limb +500\\.00 ms +50\\.0 % +4\\.0 times");
    assertThat(line.json().path("lines")).hasSize(7);
  }

  @Test
  void whatHardlyCountsIsOneLine() {
    assertThat(TimeLine.between("", metrics(1), 1).lines())
        .filteredOn(l -> l.what().equals("other operations"))
        .singleElement()
        .satisfies(l -> assertThat(l.count()).isEqualTo(7));
  }

  @Test
  void aTenantsMetricsShowNoTimes() {
    assertThat(TimeLine.shows("he_answers_today{model=\"m\"} 3\n")).isFalse();
    assertThat(TimeLine.shows(metrics(1))).isTrue();
  }
}
