package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.IntervalTracks;
import io.cipherstream.client.TrackRecord;
import io.cipherstream.client.bed.BedReader;
import io.cipherstream.intervals.BinGrid;
import io.cipherstream.intervals.Genome;
import io.cipherstream.intervals.IntervalException;
import io.cipherstream.intervals.PairAnswer;
import io.cipherstream.intervals.Region;
import io.cipherstream.intervals.Track;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries of encrypted tracks at a real appliance against Debian's bedtools on the same files. */
@Tag("native")
@Tag("slow")
class IntervalsIT {

  private static final int BIN = 100;

  /** Names by which no byte of a message may know them. */
  private static final String GENOME = "chrMarkedA\t300050\nchrMarkedB\t90007\nchrMarkedC\t60\n";

  @TempDir private static Path home;
  private static Programs programs;
  private static Programs.Served appliance;
  private static Eavesdropper ear;
  private static CipherstreamClient client;
  private static IntervalTracks tracks;
  private static Bedtools bedtools;
  private static Path genome;
  private static int loads;

  @BeforeAll
  static void start() throws Exception {
    programs = new Programs(home).inOneProcess();
    appliance =
        programs.serve(
            "--model",
            "intervals",
            "--set",
            "tls.mode=PLAIN_HTTP",
            "--set",
            "compute.warmUp=false");
    ear = new Eavesdropper(appliance.state().url());
    String key = Files.readString(home.resolve("server/api-key")).strip();
    client =
        CipherstreamClient.connect(
            ClientOptions.builder(ear.url(), home.resolve("client"))
                .profile("test")
                .apiKey(key)
                .build());
    tracks = client.intervals();
    bedtools = new Bedtools(home);
    genome = Files.writeString(home.resolve("genome.sizes"), GENOME);
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    ear.close();
    appliance.close();
    programs.close();
  }

  private static String random(Random random, int count) {
    StringBuilder bed = new StringBuilder();
    String[] names = {"chrMarkedA", "chrMarkedB", "chrMarkedC"};
    int[] lengths = {300_050, 90_007, 60};
    for (int i = 0; i < count; i++) {
      int on = random.nextInt(20) == 0 ? 2 : random.nextInt(2);
      int start = random.nextInt(lengths[on]);
      int end = Math.min(lengths[on], start + 1 + random.nextInt(900));
      bed.append(names[on]).append('\t').append(start).append('\t').append(end).append('\n');
    }
    return bed.toString();
  }

  private static TrackRecord load(Path bed, int bin) throws IOException {
    Genome chromosomes = Genome.parse(Files.readAllLines(genome));
    Track track = Track.of(new BinGrid(chromosomes, bin), BedReader.read(bed));
    return tracks.load("markedTrack" + loads++, track, false);
  }

  private static TrackRecord load(Path bed) throws IOException {
    return load(bed, BIN);
  }

  private static long coverage(TrackRecord track, String region) {
    return tracks.coverage(track, Optional.of(Region.parse(region))).basePairs();
  }

  /** Base pairs of a region that bedtools finds covered. */
  private static long expected(Path bed, Path region) throws Exception {
    return Long.parseLong(Bedtools.field(bedtools.run("coverage", "-a", region, "-b", bed), 4));
  }

  /** What bedtools says of a whole file, coverage of chromosome A. */
  private static void coveredAsBedtoolsSays(Path bed) throws Exception {
    Path region = bedtools.file("chrMarkedA\t1000\t200000\n");
    assertThat(coverage(load(bed), "chrMarkedA:1000-200000")).isEqualTo(expected(bed, region));
  }

  @Test
  void everyQueryOfRandomFilesEqualsBedtools() throws Exception {
    long seed = System.nanoTime();
    System.out.println("IntervalsIT seed " + seed);
    Random random = new Random(seed);
    Path a = bedtools.file(random(random, 120));
    Path b = bedtools.file(random(random, 60));
    TrackRecord first = load(a);
    TrackRecord second = load(b);
    for (String region : List.of("chrMarkedA:20000-250000", "chrMarkedB:0-90007", "chrMarkedC")) {
      String bed =
          region.equals("chrMarkedC")
              ? "chrMarkedC\t0\t60\n"
              : region.replace(':', '\t').replace('-', '\t') + "\n";
      Path part = bedtools.file(bed);
      assertThat(coverage(first, region)).as(region).isEqualTo(expected(a, part));
      IntervalTracks.Comparison compared =
          tracks.compare(first, second, Optional.of(Region.parse(region)));
      System.out.println(region + ": " + compared.report());
      PairAnswer answer = compared.answer();
      Path aBins = bedtools.bins(genome, BIN, a, part);
      Path bBins = bedtools.bins(genome, BIN, b, part);
      Path whole = bedtools.bins(genome, BIN, b, bedtools.file(wholeGenome()));
      assertThat(answer.intersection())
          .as(region)
          .isEqualTo(Bedtools.bases(bedtools.run("intersect", "-a", aBins, "-b", bBins)));
      for (int window : new int[] {0, 1, 100, 150, 5000, 25_500}) {
        Path near = bedtools.run("window", "-u", "-w", window, "-a", aBins, "-b", whole);
        assertThat(answer.within(window))
            .as("%s, window %d", region, window)
            .isEqualTo(Bedtools.bases(near));
      }
      if (answer.union() > 0) {
        Path jaccard = bedtools.run("jaccard", "-a", aBins, "-b", bBins);
        assertThat(String.valueOf(answer.intersection())).isEqualTo(Bedtools.field(jaccard, 0));
        assertThat(String.valueOf(answer.union())).isEqualTo(Bedtools.field(jaccard, 1));
        assertThat((double) answer.intersection() / answer.union())
            .isCloseTo(Double.parseDouble(Bedtools.field(jaccard, 2)), within(1e-5));
      }
    }
  }

  private static String wholeGenome() {
    return GENOME
        .lines()
        .map(line -> line.replace("\t", "\t0\t"))
        .reduce("", (x, y) -> x + y + "\n");
  }

  @Test
  void binsOfOneBasePairCompareTheIntervalsThemselves() throws Exception {
    Path sizes = Files.writeString(home.resolve("small.sizes"), "chrM\t3000\n");
    Path a = bedtools.file("chrM\t5\t17\nchrM\t100\t1400\n");
    Path b = bedtools.file("chrM\t16\t120\nchrM\t1399\t1500\nchrM\t2999\t3000\n");
    Genome chromosomes = Genome.parse(Files.readAllLines(sizes));
    TrackRecord first =
        tracks.load("one-a", Track.of(new BinGrid(chromosomes, 1), BedReader.read(a)), false);
    TrackRecord second =
        tracks.load("one-b", Track.of(new BinGrid(chromosomes, 1), BedReader.read(b)), false);
    PairAnswer answer = tracks.compare(first, second, Optional.empty()).answer();
    Path jaccard = bedtools.run("jaccard", "-a", a, "-b", b);
    assertThat(String.valueOf(answer.intersection())).isEqualTo(Bedtools.field(jaccard, 0));
    assertThat(String.valueOf(answer.union())).isEqualTo(Bedtools.field(jaccard, 1));
  }

  @Test
  void fileOutOfOrder() throws Exception {
    List<String> lines = new ArrayList<>(random(new Random(1), 60).lines().toList());
    Collections.shuffle(lines, new Random(2));
    coveredAsBedtoolsSays(bedtools.file(String.join("\n", lines) + "\n"));
  }

  @Test
  void overlappingNestedAndRepeatedIntervals() throws Exception {
    coveredAsBedtoolsSays(
        bedtools.file(
            "chrMarkedA\t900\t5000\nchrMarkedA\t1200\t1300\nchrMarkedA\t1200\t1300\n"
                + "chrMarkedA\t4999\t6001\nchrMarkedA\t6001\t6002\n"));
  }

  @Test
  void windowsLineEnds() throws Exception {
    coveredAsBedtoolsSays(bedtools.file(random(new Random(3), 40).replace("\n", "\r\n")));
  }

  @Test
  void gzip() throws Exception {
    Path file = home.resolve("zipped.bed.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(random(new Random(4), 40).getBytes(StandardCharsets.UTF_8));
    }
    coveredAsBedtoolsSays(file);
  }

  @Test
  void bedGraph() throws Exception {
    String graph = random(new Random(5), 40).replace("\n", "\t0.5\n");
    coveredAsBedtoolsSays(bedtools.file("track type=bedGraph\n" + graph));
  }

  @Test
  void emptyFile() throws Exception {
    Path empty = bedtools.file("");
    coveredAsBedtoolsSays(empty);
    TrackRecord track = load(empty);
    PairAnswer answer = tracks.compare(track, track, Optional.empty()).answer();
    assertThat(answer.union()).isZero();
    assertThat(answer.within(1000)).isZero();
    assertThatThrownBy(() -> Genome.spanning(BedReader.read(empty)))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("--genome");
  }

  @Test
  void intervalBeyondTheChromosome() throws Exception {
    Path beyond = bedtools.file("chrMarkedA\t10\t20\nchrMarkedC\t50\t61\n");
    assertThatThrownBy(() -> load(beyond))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("line 2: end 61 is beyond chromosome 'chrMarkedC' of 60 bp");
  }

  @Test
  void tracksOfDifferentBinsAreNotCompared() throws Exception {
    Path bed = bedtools.file("chrMarkedA\t10\t20\n");
    TrackRecord fine = load(bed, BIN);
    TrackRecord coarse = load(bed, 1000);
    assertThatThrownBy(() -> tracks.compare(fine, coarse, Optional.empty()))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("bins of 100 and 1000 bp")
        .hasMessageContaining("the same --genome and --bins");
  }

  @Test
  void nothingButSizesLeavesTheClient() throws Exception {
    Path few = bedtools.file("chrMarkedA\t700\t701\n");
    Path many = bedtools.file(random(new Random(6), 3000));
    TrackRecord first = load(few); // with the session and its keys
    ear.heard();
    TrackRecord second = load(few);
    int loadedFew = size(ear.heard());
    TrackRecord third = load(many);
    byte[] loaded = ear.heard();
    assertThat(size(loaded)).as("3000 intervals are as long as one").isEqualTo(loadedFew);
    long none = coverage(first, "chrMarkedC");
    int askedFew = size(ear.heard());
    long some = coverage(third, "chrMarkedA:0-300050");
    byte[] asked = ear.heard();
    assertThat(none).isZero();
    assertThat(some).isPositive();
    assertThat(size(asked)).as("a region is as long as another").isEqualTo(askedFew);
    tracks.compare(first, second, Optional.of(Region.parse("chrMarkedB"))).answer().intersection();
    int intersected = size(ear.heard());
    tracks.compare(second, third, Optional.empty()).answer().within(5000);
    byte[] windowed = ear.heard();
    assertThat(size(windowed)).as("kinds of two tracks look alike").isEqualTo(intersected);
    for (byte[] sent : List.of(loaded, asked, windowed)) {
      String text = new String(sent, StandardCharsets.ISO_8859_1);
      assertThat(text).doesNotContain("chrMarked", "markedTrack", "300050");
    }
    try (Stream<Path> files = Files.walk(home.resolve("server"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(text).as("%s", file).doesNotContain("chrMarked", "markedTrack");
      }
    }
    assertThat(Files.readString(home.resolve("server.log"))).doesNotContain("chrMarked");
  }

  /** Bytes of requests; what an HTTP client adds of its own is the same each time. */
  private static int size(byte[] heard) {
    return heard.length;
  }

  @Test
  void aTrackThatCannotBeNotedHereDoesNotStayAtTheAppliance() throws Exception {
    Path other = Files.createDirectories(home.resolve("other"));
    Path inTheWay = Files.createFile(other.resolve("tracks"));
    Track track = Track.of(new BinGrid(Genome.parse(GENOME.lines().toList()), BIN), List.of());
    ClientOptions options =
        ClientOptions.builder(appliance.state().url(), other)
            .profile("test")
            .apiKey(Files.readString(home.resolve("server/api-key")).strip())
            .build();
    try (CipherstreamClient fresh = CipherstreamClient.connect(options)) {
      Set<Path> before = storedTracks();
      assertThatThrownBy(() -> fresh.intervals().load("unnoted", track, false))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining(inTheWay.toString());
      assertThat(storedTracks()).isEqualTo(before);
    }
  }

  private static Set<Path> storedTracks() throws IOException {
    try (Stream<Path> folders = Files.list(home.resolve("server/tracks"))) {
      return folders.collect(Collectors.toSet());
    }
  }

  @Test
  void aWholeChromosomeInSeveralCiphertexts() throws Exception {
    Path sizes = Files.writeString(home.resolve("large.sizes"), "chr1\t250000000\n");
    StringBuilder bed = new StringBuilder();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      int start = random.nextInt(249_000_000);
      bed.append("chr1\t").append(start).append('\t').append(start + 1 + random.nextInt(20_000));
      bed.append('\n');
    }
    Path file = bedtools.file(bed.toString());
    BinGrid grid = new BinGrid(Genome.parse(Files.readAllLines(sizes)), 1000);
    assertThat(grid.bins()).isEqualTo(250_000);
    TrackRecord track = tracks.load("chr1", Track.of(grid, BedReader.read(file)), false);
    Path region = bedtools.file("chr1\t100000000\t250000000\n");
    IntervalTracks.Coverage covered =
        tracks.coverage(track, Optional.of(Region.parse("chr1:100000000-250000000")));
    assertThat(covered.basePairs()).isEqualTo(expected(file, region));
    IntervalTracks.Comparison same =
        tracks.compare(track, track, Optional.of(Region.parse("chr1:100000000-250000000")));
    Path bins = bedtools.bins(sizes, 1000, file, region);
    assertThat(same.answer().union()).isEqualTo(Bedtools.bases(bins));
    assertThat(same.answer().intersection()).isEqualTo(same.answer().union());
    System.out.println("250 000 bins: " + covered.report() + " " + same.report());
  }

  @Test
  void theCommandLineLoadsAsksListsAndDeletes() throws Exception {
    String url = appliance.state().url().toString();
    Path bed = bedtools.file("chrMarkedA\t100\t350\nchrMarkedB\t0\t50\n");
    Programs.Finished loaded =
        run(
            "load",
            bed.toString(),
            "--bins",
            "100",
            "--name",
            "mine",
            "--genome",
            genome.toString(),
            "--url",
            url,
            "--json");
    assertThat(loaded.exitCode()).as(loaded.err()).isZero();
    assertThat(loaded.json().get(0).path("bins").asInt()).isEqualTo(3001 + 901 + 1);
    JsonNode covered =
        asked("coverage", "--track", "mine", "--region", "chrMarkedA:0-300", "--url", url);
    assertThat(covered.path("coverage").asLong()).isEqualTo(200);
    JsonNode jaccard = asked("jaccard", "--track", "mine", "--with", "mine", "--url", url);
    assertThat(jaccard.path("jaccard").asDouble()).isEqualTo(1);
    Programs.Finished within =
        run("query", "coverage", "--track", "mine", "--region", "chrMarkedA:50-300", "--url", url);
    assertThat(within.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(within.err()).contains("ask for chrMarkedA:0-300");
    Programs.Finished usage =
        run("query", "window", "--track", "mine", "--with", "mine", "--url", url);
    assertThat(usage.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("delete", "mine", "--url", url).exitCode()).isZero();
    Programs.Finished gone = run("query", "coverage", "--track", "mine", "--url", url);
    assertThat(gone.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(gone.err()).contains("no track 'mine' was loaded from here");
  }

  private JsonNode asked(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("query"));
    all.addAll(List.of(arguments));
    all.add("--json");
    Programs.Finished done = run(all.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(0);
  }

  private static Programs.Finished run(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("intervals"));
    all.addAll(List.of(arguments));
    return programs.run(all.toArray(String[]::new));
  }
}
