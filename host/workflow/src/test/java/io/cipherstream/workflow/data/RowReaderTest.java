package io.cipherstream.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts of GLUE's files; the texts are made up here, none is GLUE's. */
class RowReaderTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.write(folder.resolve("data.tsv"), text.getBytes(StandardCharsets.UTF_8));
  }

  private static RowReader glue(GlueTask task) {
    return new RowReader(task.task(), task.columns());
  }

  @Test
  void sst2WithQuotationMarksThatAreText() throws IOException {
    Path file = file("sentence\tlabel\n\" so it begins \t1\nnot \"good\" , is it ? \t0\n");
    assertThat(glue(GlueTask.SST2).read(file))
        .containsExactly(
            new TextExample(2, "\" so it begins ", null, 1),
            new TextExample(3, "not \"good\" , is it ? ", null, 0));
  }

  @Test
  void anyNumberOfLabels() throws IOException {
    List<String> labels = List.of("loud", "long, old", "new");
    Columns columns = Columns.named("text", null, "labels");
    Path file =
        file(
            "text\tlabels\n"
                + "one\tnew, loud\n"
                + "two\t\n"
                + "three\t[\"long, old\", 2]\n"
                + "four\t1\n");
    BadRows none = BadRows.refused("");
    assertThat(RowReader.labelSets(file, columns, labels, none))
        .containsExactly(
            new LabelSetExample(2, "one", null, List.of(0, 2)),
            new LabelSetExample(3, "two", null, List.of()),
            new LabelSetExample(4, "three", null, List.of(1, 2)),
            new LabelSetExample(5, "four", null, List.of(1)));
    Path wrong =
        file(
            "text\tlabels\n"
                + "one\tquiet\n"
                + "two\tnew,2\n"
                + "three\t[\"new\n"
                + "four\t3\n"
                + "five\tloud\textra\n"
                + "six\tloud,\n"
                + "seven\tnew\n");
    BadRows bad = BadRows.skipped();
    assertThat(RowReader.labelSets(wrong, columns, labels, bad))
        .containsExactly(new LabelSetExample(8, "seven", null, List.of(2)));
    assertThat(bad.reasons()).isEqualTo(Map.of("label", 5, "row", 1));
    assertThat(bad.listed().get(0)).contains("line 2").contains("quiet").contains("loud");
    assertThat(bad.listed().get(1)).contains("line 3").contains("twice");
    assertThat(bad.listed().get(2)).contains("line 4").contains("JSON array");
  }

  @Test
  void qnliAndRteNameTheirLabels() throws IOException {
    Path file =
        file(
            "index\tquestion\tsentence\tlabel\n"
                + "0\tWho sang?\tA choir sang.\tentailment\n"
                + "1\tWho \"sang?\tNobody knows.\tnot_entailment\n");
    assertThat(glue(GlueTask.QNLI).read(file))
        .containsExactly(
            new TextExample(2, "Who sang?", "A choir sang.", 0),
            new TextExample(3, "Who \"sang?", "Nobody knows.", 1));
    Path rte =
        file("index\tsentence1\tsentence2\tlabel\r\n0\tIt rains.\tIt is wet.\tentailment\r\n");
    assertThat(glue(GlueTask.RTE).read(rte))
        .containsExactly(new TextExample(2, "It rains.", "It is wet.", 0));
  }

  @Test
  void mrpcHasAByteOrderMarkTheLabelFirstAndLoneQuotationMarks() throws IOException {
    Path file =
        file(
            "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n"
                + "1\t702876\t702977\t\"We won , he said .\tHe said \" we won \" .\n"
                + "0\t1\t2\tIt opened .\tIt closed .\n");
    assertThat(glue(GlueTask.MRPC).read(file))
        .containsExactly(
            new TextExample(2, "\"We won , he said .", "He said \" we won \" .", 1),
            new TextExample(3, "It opened .", "It closed .", 0));
  }

  @Test
  void stsbHasTenColumnsAndAScore() throws IOException {
    Path file =
        file(
            "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2"
                + "\tscore\n"
                + "0\tmain\tf\t2012\t1\tnone\tnone\tA \"plane lands.\tA jet lands.\t4.500\n"
                + "1\tmain\tf\t2012\t4\tnone\tnone\tA man eats.\tA dog runs.\t0.000\n");
    assertThat(glue(GlueTask.STSB).read(file))
        .containsExactly(
            new TextExample(2, "A \"plane lands.", "A jet lands.", 4.5),
            new TextExample(3, "A man eats.", "A dog runs.", 0));
  }

  @Test
  void numberedColumnsOfAFileWithoutHeader() throws IOException {
    Task task = Task.sentences("acceptable", Target.Classes.of("no", "yes"));
    RowReader reader = new RowReader(task, Columns.numbered(3, -1, 1));
    assertThat(reader.read(file("a1\t1\t*\tIt works.\na2\tno\t\tWorks it.\n\n")))
        .containsExactly(
            new TextExample(1, "It works.", null, 1), new TextExample(2, "Works it.", null, 0));
    ExpectData.kind(DataException.Kind.COLUMN_MISSING, () -> reader.read(file("a\tb\n")))
        .hasMessageContaining("no column 3")
        .hasMessageContaining("has 2 columns");
  }

  @Test
  void linesAreCountedAsAnEditorCountsThem() throws IOException {
    Path file = file("sentence\tlabel\n\nfine\t1\r\n \nbad\t7\n");
    ExpectData.kind(DataException.Kind.LABEL, () -> glue(GlueTask.SST2).read(file))
        .hasMessageContaining("line 5: label '7' is unknown to task sst2")
        .hasMessageContaining("[negative, positive] or [0, 1]");
  }

  @Test
  void aMissingColumnIsNamedWithTheHeaderThatCame() throws IOException {
    Path file = file("index\tquestion\ttext\tlabel\n0\ta\tb\tentailment\n");
    ExpectData.kind(DataException.Kind.COLUMN_MISSING, () -> glue(GlueTask.QNLI).read(file))
        .hasMessageContaining("no column 'sentence'")
        .hasMessageContaining("index | question | text | label");
    Path commas = file("sentence,label\nx,1\n");
    ExpectData.kind(DataException.Kind.COLUMN_MISSING, () -> glue(GlueTask.SST2).read(commas))
        .hasMessageContaining("separated by tabs?");
  }

  @Test
  void rowsWithAnotherNumberOfColumns() throws IOException {
    Path more = file("sentence\tlabel\na\tb\t1\n");
    ExpectData.kind(DataException.Kind.ROW, () -> glue(GlueTask.SST2).read(more))
        .hasMessageContaining("line 2 has 3 columns: expected 2")
        .hasMessageContaining("tabs inside a text");
    Path fewer = file("sentence\tlabel\nfine\t1\nonly text\n");
    ExpectData.kind(DataException.Kind.ROW, () -> glue(GlueTask.SST2).read(fewer))
        .hasMessageContaining("line 3 has 1 columns");
  }

  @Test
  void targetsThatAreNoFiniteNumberInRange() throws IOException {
    for (String bad : List.of("NaN", "Infinity", "5.01", "-1", "four", "")) {
      Path file = file("sentence1\tsentence2\tscore\na\tb\t1.5\na\tb\t" + bad + "\n");
      ExpectData.kind(DataException.Kind.TARGET, () -> glue(GlueTask.STSB).read(file))
          .hasMessageContaining("line 3");
    }
  }

  @Test
  void emptyFilesAndTexts() throws IOException {
    Path empty = file("");
    ExpectData.kind(DataException.Kind.EMPTY, () -> glue(GlueTask.QNLI).read(empty))
        .hasMessageContaining("expected a header with [question, sentence, label]");
    Path header = file("sentence\tlabel\n\n");
    ExpectData.kind(DataException.Kind.EMPTY, () -> glue(GlueTask.SST2).read(header))
        .hasMessageContaining("no examples");
    Path blank = file("sentence\tlabel\n \t1\n");
    ExpectData.kind(DataException.Kind.TEXT, () -> glue(GlueTask.SST2).read(blank))
        .hasMessageContaining("line 2");
  }

  @Test
  void limitsHold() throws IOException {
    RowReader small =
        new RowReader(GlueTask.SST2.task(), Columns.sentence(), new RowLimits(200, 20, 2, 5));
    Path longLine = file("sentence\tlabel\nok\t1\n" + "x".repeat(19) + "\t1\n");
    ExpectData.kind(DataException.Kind.TOO_LARGE, () -> small.read(longLine))
        .hasMessageContaining("line 3: longer than 20 characters");
    Path many = file("sentence\tlabel\na\t1\nb\t1\nc\t1\n");
    ExpectData.kind(DataException.Kind.TOO_LARGE, () -> small.read(many))
        .hasMessageContaining("more than 2 examples");
    Path big = file("sentence\tlabel\n" + "a\t1\n".repeat(50));
    ExpectData.kind(DataException.Kind.TOO_LARGE, () -> small.read(big))
        .hasMessageContaining("at most 200");
  }

  @Test
  void bytesThatAreNotUtf8AndFilesThatAreNotThere() throws IOException {
    Path file = Files.write(folder.resolve("latin.tsv"), new byte[] {'a', (byte) 0xE9, '\n'});
    ExpectData.kind(DataException.Kind.ENCODING, () -> glue(GlueTask.SST2).read(file));
    ExpectData.kind(
        DataException.Kind.NOT_FOUND, () -> glue(GlueTask.SST2).read(folder.resolve("none.tsv")));
  }

  @Test
  void columnsThatDoNotFitTheTask() {
    ExpectData.kind(
        DataException.Kind.TASK, () -> new RowReader(GlueTask.RTE.task(), Columns.sentence()));
    ExpectData.kind(
        DataException.Kind.TASK,
        () -> new RowReader(GlueTask.SST2.task(), Columns.sentence().withNames("0", "1", "2")));
    ExpectData.kind(
        DataException.Kind.TASK,
        () ->
            new RowReader(
                Task.words("ner", Target.WordLabels.of(List.of("O", "B-X"))), Columns.sentence()));
    assertThat(GlueTask.find("imdb")).isEmpty();
    assertThat(GlueTask.find("STS-B")).contains(GlueTask.STSB);
  }

  @Test
  void everyRowThatCannotBeUsedIsNamedOrLeftOut() throws IOException {
    Path file =
        Files.write(
            folder.resolve("mixed.tsv"),
            ("sentence\tlabel\nfine\t1\nshort\nbad label\t-\n \t0\nbroken X\t1\n"
                    + "x".repeat(70_000)
                    + "\t1\nlast\t0")
                .replace('X', '\u00e9')
                .getBytes(StandardCharsets.ISO_8859_1));
    ExpectData.kind(DataException.Kind.ROW, () -> glue(GlueTask.SST2).read(file))
        .hasMessageContaining("5 rows cannot be used")
        .hasMessageContaining("line 3 has 1 columns")
        .hasMessageContaining("line 4: label '-'")
        .hasMessageContaining("line 5: an empty text")
        .hasMessageContaining("line 6, byte 8: not UTF-8")
        .hasMessageContaining("line 7: longer than 65536");
    BadRows bad = BadRows.skipped();
    assertThat(glue(GlueTask.SST2).read(file, bad))
        .containsExactly(new TextExample(2, "fine", null, 1), new TextExample(8, "last", null, 0));
    assertThat(bad.reasons())
        .isEqualTo(Map.of("row", 1, "label", 1, "text", 1, "encoding", 1, "too-large", 1));
  }

  @Test
  void manyBadRowsAreCountedAndSomeAreNamed() throws IOException {
    Path file = file("sentence\tlabel\nfine\t1\n" + "short\n".repeat(1000));
    BadRows bad = BadRows.refused("do so and so");
    assertThat(glue(GlueTask.SST2).read(file, bad)).hasSize(1);
    ExpectData.kind(DataException.Kind.ROW, bad::settle)
        .hasMessageContaining("1000 rows")
        .hasMessageContaining("line 22 has")
        .hasMessageContaining("and 980 more")
        .hasMessageContaining("do so and so")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("line 23"));
    Path none = file("sentence\tlabel\nshort\n");
    ExpectData.kind(
            DataException.Kind.EMPTY, () -> glue(GlueTask.SST2).read(none, BadRows.skipped()))
        .hasMessageContaining("line 2 has 1 columns");
    Path carriageReturns = file("sentence\tlabel\rfine\t1\r");
    ExpectData.kind(DataException.Kind.ROW, () -> glue(GlueTask.SST2).read(carriageReturns))
        .hasMessageContaining("carriage return");
  }

  private Path csv(String text) throws IOException {
    return Files.write(folder.resolve("data.CSV"), text.getBytes(StandardCharsets.UTF_8));
  }

  private static RowReader topics(String... classes) {
    return new RowReader(
        Task.sentences("topics", Target.Classes.of(classes)),
        Columns.named("text", null, "category"));
  }

  @Test
  void aQuotedTextMayHaveCommasLineEndsAndQuotationMarks() throws IOException {
    Path file =
        csv(
            "\uFEFFid,text,category\r\n"
                + "1,\"My card, which I ordered,\nis \"\"late\"\"\",card\r\n"
                + "\r\n"
                + "2, plain ,\"top up\"\n"
                + "3,last,card");
    assertThat(topics("card", "top up").read(file))
        .containsExactly(
            new TextExample(2, "My card, which I ordered,\nis \"late\"", null, 0),
            new TextExample(5, " plain ", null, 1),
            new TextExample(6, "last", null, 0));
    assertThat(
            RowReader.classes(
                    file,
                    Columns.named("text", null, "category"),
                    RowLimits.DEFAULT,
                    BadRows.skipped())
                .labels())
        .containsExactly("card", "top up");
  }

  @Test
  void pairsOfAFileWithoutHeaderAndWithCommas() throws IOException {
    RowReader reader = new RowReader(GlueTask.STSB.task(), Columns.numbered(0, 1, 2));
    assertThat(reader.read(csv("A plane lands.,\"A jet, landing.\",4.5\na,b,0\n")))
        .containsExactly(
            new TextExample(1, "A plane lands.", "A jet, landing.", 4.5),
            new TextExample(2, "a", "b", 0));
  }

  @Test
  void aWrongQuotationNamesItsRow() throws IOException {
    for (String row : List.of("\"never closed,card", "\"closed\" early,card")) {
      Path file = csv("text,category\nfine,card\n" + row + "\n");
      ExpectData.kind(
              DataException.Kind.ROW, () -> topics("card", "b").read(file, BadRows.skipped()))
          .hasMessageContaining("line 3: the quotation is wrong")
          .hasMessageContaining("is doubled");
    }
    Path long_ = csv("text,category\n\"open" + ",card\nanother".repeat(20_000));
    ExpectData.kind(
            DataException.Kind.TOO_LARGE, () -> topics("card", "b").read(long_, BadRows.skipped()))
        .hasMessageContaining("a row longer than 65536 characters");
    Path commas = csv("text,category\na, b,card\n");
    ExpectData.kind(DataException.Kind.ROW, () -> topics("card", "b").read(commas))
        .hasMessageContaining("line 2 has 3 columns: expected 2; are there commas inside a text?");
    Path tabs = csv("text\tcategory\na\tcard\n");
    ExpectData.kind(DataException.Kind.COLUMN_MISSING, () -> topics("card", "b").read(tabs))
        .hasMessageContaining("separated by commas?");
  }

  @Test
  void classesOfAFileAreBounded() throws IOException {
    StringBuilder text = new StringBuilder("text,category\n");
    for (int i = 0; i <= RowReader.CLASSES_MAX; i++) {
      text.append("a,").append(i / 7.0).append('\n');
    }
    Path file = csv(text.toString());
    ExpectData.kind(
            DataException.Kind.LABEL,
            () ->
                RowReader.classes(
                    file,
                    Columns.named("text", null, "category"),
                    RowLimits.DEFAULT,
                    BadRows.skipped()))
        .hasMessageContaining("more than 1000 different labels in column 'category'")
        .hasMessageContaining("or has the task values?");
  }
}
